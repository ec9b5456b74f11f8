"""Every test that docs/contracts.md names exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACES = {
    "S": "tests/contract/test_sandbox_fidelity_",
    "C": "tests/contract/test_",
    "I": "tests/integration/channels/test_",
    "U": "tests/unit/channels/test_",
    "W": "tests/wordpress/test_",
}
QUOTED = re.compile(r"`(?:(?P<file>[^`:]+): )?(?P<name>test_\w+)`")


def named() -> list[tuple[str, str]]:
    """Each file and test that a row names; a test without a file is in the one before it."""
    found = []
    for line in (ROOT / "docs" / "contracts.md").read_text(encoding="utf-8").splitlines():
        if not line.startswith("| ") or line.startswith("| fact"):
            continue
        where = ""
        for told in QUOTED.finditer(line):
            if told["file"]:
                place, _, rest = told["file"].partition(" ")
                where = f"{PLACES[place]}{rest}.py" if rest else f"{told['file']}.py"
            found.append((where, told["name"]))
        assert where, f"nothing proves: {line}"
    return found


def test_every_test_that_proves_a_fact_is_there():
    tests = named()
    assert len(tests) > 150
    missing = [
        f"{where}: {name}"
        for where, name in tests
        if not (ROOT / where).is_file()
        or f"def {name}(" not in (ROOT / where).read_text(encoding="utf-8")
    ]
    assert missing == []
