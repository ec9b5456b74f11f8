"""Saved replies: which variables there are, and how they are filled in. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

#: Name of a variable; its words for people are in inbox/status.
VARIABLES = ("customer", "operator", "unit", "account", "today")
_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_BRACES = re.compile(r"\{\{|\}\}")


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its variables filled in; `missing` names those without a value, which still stand in it."""

    text: str
    missing: tuple[str, ...] = ()


def variables_in(text: str) -> list[str]:
    """Return the names between double braces, in the order of the text."""
    return [match.group(1) for match in _VARIABLE.finditer(text)]


def unknown_variables(text: str) -> list[str]:
    """Return what stands between double braces and is no variable; unpaired braces count as one."""
    rest = _VARIABLE.sub("", text)
    unpaired = _BRACES.findall(rest)
    return [name for name in variables_in(text) if name not in VARIABLES] + unpaired


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Put the values in. What has none stays as {{name}}, for a person to fill in."""
    missing: list[str] = []

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if values.get(name):
            return values[name]
        missing.append(name)
        return f"{{{{{name}}}}}"

    filled = _VARIABLE.sub(value, text)
    return Filled(filled, tuple(dict.fromkeys(missing)))
