"""What a pushed event says about an account's items, in the port's words. Pure."""

from dataclasses import dataclass

from channels.types import Fetched, ItemKind

#: Begins the ids of items that no adapter can read again: only their door knows them.
ONLY_TOLD = "told:"


@dataclass(frozen=True, slots=True)
class Gone:
    """An item that is no longer there. Kind and thread are for one that we have never seen."""

    external_id: str
    kind: ItemKind
    thread_external_id: str


@dataclass(frozen=True, slots=True)
class Tidings:
    """What one event says about one account.

    `fresh` are new items, told in full; they land unless they are known. `look` are the ids of items
    that are new but not told in full, or have changed: what they are like now is read on the platform, so
    that a late event never brings an older text back. `ignored` counts what nobody need know of,
    `faults` say what of it could not be understood.
    """

    fresh: tuple[Fetched, ...] = ()
    look: tuple[str, ...] = ()
    gone: tuple[Gone, ...] = ()
    ignored: int = 0
    faults: tuple[str, ...] = ()

    def __add__(self, other: "Tidings") -> "Tidings":
        """Return what both say."""
        return Tidings(
            self.fresh + other.fresh,
            self.look + other.look,
            self.gone + other.gone,
            self.ignored + other.ignored,
            self.faults + other.faults,
        )

    @property
    def names(self) -> set[str]:
        """Every id that is spoken of, and those of the posts above."""
        fresh = {key for i in self.fresh for key in (i.external_id, i.thread_external_id)}
        return fresh | {*self.look, *(one.external_id for one in self.gone)}

    def in_words(self) -> str:
        """Say what it holds, for the record of an event."""
        counts = {"new": self.fresh, "read again": self.look, "gone": self.gone}
        said = [f"{len(some)} {name}" for name, some in counts.items() if some]
        said += [f"{self.ignored} ignored"] if self.ignored else []
        return ", ".join(said) or "nothing"


def fault_of(error: Exception) -> Tidings:
    """Return what is told by something that cannot be understood: which key was missing, which form was strange."""
    return Tidings(faults=(f"{type(error).__name__}: {str(error)[:120]}",))
