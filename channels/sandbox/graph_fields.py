"""Graph's field expressions: `id,comments.limit(5).filter(stream){id,message}`. Parsing only."""

from dataclasses import dataclass, field
from typing import Any

from channels.sandbox.graph_errors import GraphError


@dataclass
class FieldWish:
    """One field, its modifiers and the fields wanted below it."""

    name: str
    modifiers: dict[str, str] = field(default_factory=dict)
    below: "list[FieldWish]" = field(default_factory=list)

    @property
    def key(self) -> str:
        """Under which name the answer carries it."""
        return self.modifiers.get("as", self.name)


def parse_fields(text: str) -> list[FieldWish]:
    """Read a field expression; GraphError 2500 when it is malformed."""
    wishes, rest = _read_list(text.replace(" ", ""))
    if rest:
        raise _malformed(text, len(text) - len(rest))
    return wishes


def _malformed(text: str, at: int) -> GraphError:
    found = text[at : at + 1]
    message = f'Syntax error "Expected end of string instead of "{found}"." at character {at}: {text[:at]}'
    return GraphError(2500, message)


def _read_list(text: str) -> tuple[list[FieldWish], str]:
    wishes: list[FieldWish] = []
    while text and text[0] != "}":
        wish, text = _read_one(text)
        wishes.append(wish)
        if not text.startswith(","):
            break
        text = text[1:]
    return wishes, text


def _read_name(text: str) -> tuple[str, str]:
    end = next((i for i, c in enumerate(text) if not (c.isalnum() or c == "_")), len(text))
    if not end:
        raise _malformed(text, 0)
    return text[:end], text[end:]


def _read_one(text: str) -> tuple[FieldWish, str]:
    name, text = _read_name(text)
    wish = FieldWish(name)
    while text.startswith("."):
        modifier, text = _read_name(text[1:])
        end = text.find(")")
        if not text.startswith("(") or end < 0:
            raise _malformed(text, 0)
        wish.modifiers[modifier], text = text[1:end], text[end + 1 :]
    if text.startswith("{"):
        wish.below, text = _read_list(text[1:])
        if not text.startswith("}"):
            raise _malformed(text, 0)
        text = text[1:]
    return wish, text


def narrow(value: Any, wishes: list[FieldWish]) -> Any:
    """Return of a value what was wished for below its name, always with its id; all without wishes."""
    if not wishes or not isinstance(value, dict):
        return value
    if isinstance(value.get("data"), list):
        return {**value, "data": [narrow(item, wishes) for item in value["data"]]}
    kept = {w.key: narrow(value[w.name], w.below) for w in wishes if w.name in value}
    return kept | ({"id": value["id"]} if "id" in value else {})


def unparse(wishes: list[FieldWish]) -> str:
    """Spell a field expression again."""
    parts = []
    for wish in wishes:
        modifiers = "".join(f".{name}({value})" for name, value in wish.modifiers.items())
        below = f"{{{unparse(wish.below)}}}" if wish.below else ""
        parts.append(wish.name + modifiers + below)
    return ",".join(parts)
