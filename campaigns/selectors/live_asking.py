"""What live desks ask of those who approve: what is about to be said where, with its words and pictures."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, prefetch_related_objects

from campaigns.approval import Step
from campaigns.lifecycle import ApprovalState
from campaigns.models import (
    ApprovalRequest,
    ApprovalVoice,
    LiveDesk,
    LivePlace,
    LiveSnippet,
    PostImage,
)
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.people.models import Membership
from opsconsole.people.roles import Ability


@dataclass(frozen=True, slots=True)
class Opening:
    """How a desk begins on one account: its master post with pictures; `request` if that waits for the actor."""

    place: LivePlace
    text: str
    pictures: list[PostImage]
    request: ApprovalRequest | None


@dataclass(frozen=True, slots=True)
class Asking:
    """A desk that waits for the actor's word; `digest` is that of what is shown."""

    desk: LiveDesk
    openings: list[Opening]
    snippets: list[LiveSnippet]
    digest: str


def asked_of(actor: Actor, desks: Iterable[tuple[LiveDesk, list[Step]]]) -> dict[int, Asking]:
    """Return those of some waiting desks, each with its rule, that the actor may let out, by number.

    As many queries at any number of desks; one where none waits.
    """
    waiting = list(desks)
    held = _roles_of(actor) if waiting else set()
    mine = [desk for desk, steps in waiting if steps and _is_asked(actor, desk, steps[-1], held)]
    if not mine:
        return {}
    prefetch_related_objects(
        mine, "snippets", "places__account", "places__master__post__images__image"
    )
    requests = _requests(actor, mine)
    return {desk.pk: _asking(desk, requests) for desk in mine}


def digest_of_desk(desk: LiveDesk) -> str:
    """Return the SHA-256 of what a desk shows to those who let it out: its places, master posts and snippets."""
    prefetch_related_objects(
        [desk], "snippets", "places__account", "places__master__post__images__image"
    )
    return _digest(desk, [_opening(place, {}) for place in desk.places.all()])


def _roles_of(actor: Actor) -> set[tuple[str, int | None]]:
    """Return the actor's roles, each with its unit or none for every unit. One query."""
    return set(Membership.objects.filter(user=actor.user_id).values_list("role", "unit_id"))


def _is_asked(actor: Actor, desk: LiveDesk, step: Step, held: set[tuple[str, int | None]]) -> bool:
    """The same as `live.may_let_out` says of one desk, without a query for each."""
    if actor.user_id is None or actor.user_id == desk.opened_by_id:
        return False
    if not actor.can(Ability.READ_POSTS, desk.unit_id):
        return False
    if step.role:
        return bool(held & {(step.role, desk.unit_id), (step.role, None)})
    return actor.user_id in step.people


def _requests(actor: Actor, desks: Iterable[LiveDesk]) -> dict[int, ApprovalRequest]:
    """Return the requests about master posts that wait for the actor, by post. One query."""
    posts = {place.master.post_id for desk in desks for place in desk.places.all() if place.master}
    still = Q(request__expires_at__isnull=True) | Q(request__expires_at__gt=now())
    voices = ApprovalVoice.objects.filter(
        still, user=actor.person_id, is_open=True,
        request__state=ApprovalState.OPEN, request__post__in=posts,
    )  # fmt: skip
    return {voice.request.post_id: voice.request for voice in voices.select_related("request")}


def _asking(desk: LiveDesk, requests: dict[int, ApprovalRequest]) -> Asking:
    openings = [_opening(place, requests) for place in desk.places.all()]
    return Asking(desk, openings, list(desk.snippets.all()), _digest(desk, openings))


def _opening(place: LivePlace, requests: dict[int, ApprovalRequest]) -> Opening:
    master = place.master
    if master is None:
        return Opening(place, "", [], None)
    pictures = [row for row in master.post.images.all() if row.image_id not in master.left_out]
    text = master.text or master.post.body
    return Opening(place, text, pictures, requests.get(master.post_id))


def _digest(desk: LiveDesk, openings: Iterable[Opening]) -> str:
    said = [
        [one.place.account_id, one.place.mode, one.place.master_id, one.text,
         [[row.image.sha256, row.alt_text] for row in one.pictures]]
        for one in openings
    ]  # fmt: skip
    shown = [desk.name, said, [row.text for row in desk.snippets.all()]]
    return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()
