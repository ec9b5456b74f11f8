"""Reads of how a post read before, and what changed from one time to the next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from campaigns.contents import Placed, Snapshot, from_content
from campaigns.models import Campaign, Post, PostRevision
from campaigns.status import late_word
from opsconsole.kernel.differences import Piece, difference
from opsconsole.kernel.errors import NotFound

#: Revisions on the page of a post; a post is not saved more often than that in earnest.
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: `name` is a key of `campaigns.status.CHANGE_LABELS`; `about` an account."""

    name: str
    pieces: list[Piece]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A revision and what it changed; the first changed nothing."""

    revision: PostRevision
    changes: list[Change]
    is_latest: bool


def revision_of(post: Post, number: int) -> PostRevision:
    """Return one revision of a post that has come through its gate."""
    found = post.revisions.filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def history_of(post: Post) -> list[Entry]:
    """Return the latest revisions of a post, newest first, each with its changes. Two queries."""
    rows = list(post.revisions.select_related("author").order_by("-number")[: SHOWN + 1])
    shots = [from_content(row.content) for row in rows]
    named = _campaigns(shots)
    pairs = zip(rows, shots, [*shots[1:], None], strict=True)
    entries = [
        Entry(row, changes(old, new, named) if old else [], is_latest=number == 0)
        for number, (row, new, old) in enumerate(pairs)
    ]
    return entries[:SHOWN]


def _campaigns(shots: list[Snapshot]) -> dict[int, str]:
    wanted = {shot.campaign for shot in shots if shot.campaign}
    return dict(Campaign.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def changes(old: Snapshot, new: Snapshot, campaigns: dict[int, str]) -> list[Change]:
    """Return what differs between two forms of a post, in reading order."""
    pairs = [
        ("title", old.title, new.title),
        ("text", old.body, new.body),
        ("time", _time(old), _time(new)),
        ("late", late_word(old.lateness), late_word(new.lateness)),
        ("pictures", _pictures(old), _pictures(new)),
        ("announce", _yes(old.is_announced), _yes(new.is_announced)),
        ("tag", old.link_tag, new.link_tag),
        ("campaign", campaigns.get(old.campaign or 0, ""), campaigns.get(new.campaign or 0, "")),
    ]
    found = [Change(name, difference(one, two)) for name, one, two in pairs if one != two]
    before = {placed.account: placed for placed in old.placements}
    after = {placed.account: placed for placed in new.placements}
    found += [Change("added", [], placed.name) for pk, placed in after.items() if pk not in before]
    found += [
        Change("removed", [], placed.name) for pk, placed in before.items() if pk not in after
    ]
    for pk, placed in after.items():
        if pk in before:
            found += _placed(before[pk], placed)
    return found


def _placed(old: Placed, new: Placed) -> list[Change]:
    """Return what differs on one account."""
    pairs = [
        ("own", old.text, new.text),
        ("parts", "\n\n".join(old.parts), "\n\n".join(new.parts)),
        ("excerpt", old.excerpt, new.excerpt),
        ("categories", _numbers(old.categories), _numbers(new.categories)),
        ("left_out", _numbers(old.left_out), _numbers(new.left_out)),
    ]
    return [Change(name, difference(one, two), new.name) for name, one, two in pairs if one != two]


def _numbers(given: Iterable[int]) -> str:
    return ", ".join(f"#{number}" for number in given)


def _pictures(shot: Snapshot) -> str:
    return "\n".join(f"#{shown.image} {shown.alt_text}".strip() for shown in shot.media)


def _yes(value: bool) -> str:
    return str(_("Yes")) if value else str(_("No"))


def _time(shot: Snapshot) -> str:
    if not shot.local_time:
        return ""
    at = datetime.fromisoformat(shot.local_time)
    return f"{at:%Y-%m-%d %H:%M:%S} {shot.time_zone}"
