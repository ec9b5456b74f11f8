"""The sentences that the source marks for translation, found without any tool of gettext."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation.template import templatize

from tests.architecture.source import ROOT, tracked

#: What speaks to people. The sandbox is a stranger with a voice of its own.
FOLDERS = ("templates/", "opsconsole/", "channels/", "inbox/", "campaigns/", "guidelines/")
STRANGER = "channels/sandbox/"
#: Function -> what its first arguments are: context, singular, plural.
MARKS = {
    "_": "s", "gettext": "s", "ngettext": "sp", "pgettext": "cs", "npgettext": "csp",
}  # fmt: skip
_CALL = re.compile(
    r"\b(n?p?gettext|_)\(((?:\s*u?(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')\s*,?)+)"
)


class Sentence(NamedTuple):
    """What gettext knows a sentence by."""

    context: str
    singular: str
    plural: str = ""


def spoken(*endings: str) -> Iterator[str]:
    """The files that people hear from, by ending."""
    for name in tracked():
        if name.startswith(FOLDERS) and not name.startswith(STRANGER) and name.endswith(endings):
            yield name


def _made(mark: str, arguments: list[str]) -> Sentence:
    given = dict(zip(MARKS[mark], arguments, strict=False))
    return Sentence(given.get("c", ""), given["s"], given.get("p", ""))


def in_python(source: str) -> Iterator[Sentence]:
    """Adjacent literals are one sentence; what is put together at run time cannot be known."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = getattr(called, "id", "") or getattr(called, "attr", "")
        mark = name.removesuffix("_lazy").removesuffix("_noop")
        parts = [part.value for part in node.args if isinstance(part, ast.Constant)]
        words = [part for part in parts if isinstance(part, str)]
        if mark in MARKS and len(words) >= len(MARKS[mark]):
            yield _made(mark, words)


def in_template(source: str) -> Iterator[Sentence]:
    """Django itself turns the tags into calls of gettext."""
    for mark, arguments in _CALL.findall(templatize(source)):
        words = ast.literal_eval(f"({arguments.rstrip().rstrip(',')},)")
        if len(words) >= len(MARKS[mark]):
            yield _made(mark, list(words))


def marked() -> dict[Sentence, str]:
    """Every marked sentence with a file it stands in."""
    found: dict[Sentence, str] = {}
    for name in spoken(".py", ".html"):
        source = (ROOT / name).read_text(encoding="utf-8")
        for sentence in in_python(source) if name.endswith(".py") else in_template(source):
            found.setdefault(sentence, name)
    return found
