"""What adapters and workers say is known to those who show it."""

import ast
import re
from pathlib import Path

from django.utils import translation

from channels.adapters.x.walks import MENTIONS_KEPT
from channels.details import DETAILS, in_words

ROOT = Path(__file__).parents[3]
SPEAKERS = [
    *(ROOT / "channels/adapters").rglob("*.py"), ROOT / "channels/tasks.py", ROOT / "channels/looking.py",
    *(ROOT / f"channels/{name}.py" for name in ("refreshing", "seeking", "streaming", "ways")),
    *(ROOT / "channels/actions").glob("*.py"),
]  # fmt: skip
SENTENCE = re.compile(r"^[A-Z].* .*\.$", re.DOTALL)
MARKS = {"_", "gettext", "gettext_noop"}


def spoken(path):
    """Plain sentences of a module: no docstring, not marked there, nothing filled in at run time."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    other = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            other.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            other |= {id(part) for part in node.values}
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS:
            other |= {id(part) for part in node.args}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and SENTENCE.match(node.value)
        and id(node) not in other
    }


def test_every_sentence_of_an_adapter_or_worker_can_be_said_in_another_language():
    said = set().union(*map(spoken, SPEAKERS))
    about_x = f"X gives out only the newest {MENTIONS_KEPT} mentions; older ones are missing."
    assert len(said) > 15
    assert said - set(DETAILS) == set()
    assert set(DETAILS) - said - {about_x, "The server leads on to another address."} == set()


def test_stored_words_are_said_in_the_readers_language():
    with translation.override("ko"):
        assert in_words("The comment is no longer there.") == "댓글이 더 이상 없습니다."
        assert in_words("(#100) Unsupported post request") == "(#100) Unsupported post request"
        assert in_words("") == ""
