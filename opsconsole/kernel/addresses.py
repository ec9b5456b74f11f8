"""Addresses of what has a number. A page leads to a hundred of them, so each form is looked up once a process."""

from functools import lru_cache

from django.urls import NoReverseMatch, reverse

#: Stand-ins for the numbers: no address of ours has them in its fixed parts.
_STAND_INS = (987_654_301, 987_654_302, 987_654_303)


def address_of(name: str, *numbers: int) -> str:
    """Return the path of a view that takes at most three whole numbers, which is what `reverse` would say.

    Raises NoReverseMatch for an unknown view, another count of numbers, or one below zero.
    """
    if any(number < 0 for number in numbers) or len(numbers) > len(_STAND_INS):
        raise NoReverseMatch(f"{name!r} cannot be reached with {numbers}")
    pieces = _form(name, len(numbers))
    return (
        "".join(f"{piece}{number}" for piece, number in zip(pieces, numbers, strict=False))
        + pieces[-1]
    )


@lru_cache(maxsize=1_000)
def _form(name: str, count: int) -> tuple[str, ...]:
    """Return what stands before, between and after the numbers."""
    used = _STAND_INS[:count]
    rest, pieces = reverse(name, args=used), []
    for number in used:
        piece, _number, rest = rest.partition(str(number))
        pieces.append(piece)
    return (*pieces, rest)
