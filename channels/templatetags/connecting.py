"""How templates say how far the connecting of an account has come."""

from typing import Any

from django import template

from channels import connect_words as words
from channels.details import in_words
from channels.models import Handshake

register = template.Library()


@register.simple_tag
def way_title(kind: str, way: str) -> str:
    """Name a way of connecting."""
    return str(words.WAYS_IN_WORDS[kind, way][0])


@register.simple_tag
def way_text(kind: str, way: str) -> str:
    """Say what one does on this way."""
    return str(words.WAYS_IN_WORDS[kind, way][1])


@register.simple_tag
def way_button(kind: str, way: str) -> str:
    """Say where the way's button leads."""
    return str(words.WAYS_IN_WORDS[kind, way][2])


@register.simple_tag
def way_out_label(kind: str) -> str:
    """Name the link to the platform."""
    return str(words.WAY_OUT[kind])


@register.simple_tag
def step_title(handshake: Handshake) -> str:
    """Say how far it is."""
    return str(words.STEPS[handshake.state][0])


@register.simple_tag
def step_text(handshake: Handshake) -> str:
    """Say what happens next, or why it failed."""
    return str(words.REASONS.get(handshake.reason) or words.STEPS[handshake.state][1])


@register.filter
def said(detail: str) -> str:
    """Say what a platform or a worker said in the reader's language."""
    return in_words(detail)


@register.filter
def right_label(check: dict[str, Any]) -> str:
    """Name what was checked."""
    return str(words.RIGHTS[check["right"]])


@register.filter
def check_word(check: dict[str, Any]) -> str:
    """Say how a check came out."""
    if check["works"] is None:
        return str(words.UNTOLD)
    if check["works"]:
        return str(words.WORKS)
    return str(words.MISSING if check["needed"] else words.WELCOME)


@register.filter
def check_tone(check: dict[str, Any]) -> str:
    """Return the tone of a check."""
    if check["works"] is None:
        return "quiet"
    if check["works"]:
        return "ok"
    return "danger" if check["needed"] else "warn"


@register.filter
def check_icon(check: dict[str, Any]) -> str:
    """Return the icon of a check."""
    if check["works"] is None:
        return "help"
    return "check" if check["works"] else "close"


@register.filter
def lack_words(name: str) -> str:
    """Say what is missing where its own name does not; empty where it does."""
    return str(words.LACKS.get(name, ""))
