"""The committed source, as the architecture tests read it."""

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def tracked() -> tuple[str, ...]:
    """Every file of the project; without git, everything outside hidden folders."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listing.returncode == 0:
        return tuple(
            name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()
        )
    files = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return tuple(str(path) for path in files if not any(part[0] == "." for part in path.parts))


def python(*folders: str) -> Iterator[Path]:
    """Every Python file below these folders, migrations left out."""
    for name in tracked():
        if name.endswith(".py") and name.startswith(folders) and "/migrations/" not in name:
            yield ROOT / name


def texts() -> Iterator[tuple[str, str]]:
    """Every text file with its content."""
    for name in tracked():
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def lines_with(pattern, paths) -> list[str]:
    """Where a compiled pattern occurs, for a message that can be clicked."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
