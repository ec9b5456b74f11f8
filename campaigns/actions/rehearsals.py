"""Asking for a rehearsal and stopping it; and what the process that conducts it tells. One runs at a time."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from campaigns.lifecycle import REHEARSAL, CampaignState, RehearsalState
from campaigns.models import Campaign, Rehearsal
from campaigns.rehearsal.misfortunes import Faults
from campaigns.rehearsal.script import MOST, Script, script_of
from campaigns.selectors.campaigns import campaign_for
from campaigns.selectors.rehearsals import may_rehearse, rehearsal_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import SYSTEM, Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed
from opsconsole.kernel.live import hint_on_commit

S = RehearsalState
SPEEDS = (60, 600)
LARGEST_SEED = 999_999
#: A process that has said nothing for this long is dead; bringing the tables up to date may take a while.
SILENT_FOR = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Wish:
    """How a campaign shall be rehearsed. The same `seed` deals the same misfortunes."""

    speed: int = 60
    skips_gaps: bool = True
    faults: Faults = Faults.ORDINARY
    seed: int = 1


def rehearsal_ask(actor: Actor, *, campaign_id: int, wish: Wish, request_key: UUID) -> Rehearsal:
    """Have a campaign rehearsed, when its turn has come. The same key returns the first.

    Conflict while one of the same campaign waits or runs; Invalid when there is nothing to rehearse, or too much.
    """
    campaign = campaign_for(actor, campaign_id)
    if not may_rehearse(actor, campaign):
        raise NotAllowed
    known = Rehearsal.objects.filter(request_key=request_key).first()
    if known is not None:
        if (known.asked_by_id, known.campaign_id) != (actor.person_id, campaign_id):
            raise Conflict(_("This key already stands for another rehearsal."), code="key_reused")
        return known
    _check(campaign, script_of(actor, campaign), wish)
    try:
        with transaction.atomic():
            made = Rehearsal.objects.create(
                campaign=campaign, speed=wish.speed, skips_gaps=wish.skips_gaps,
                faults=wish.faults, seed=wish.seed, request_key=request_key,
                asked_by_id=actor.person_id, asked_at=now(),
            )  # fmt: skip
            record(
                actor, "campaigns.rehearsal.asked", campaign,
                unit_id=campaign.unit_id, name=campaign.name, rehearsal=made.pk,
            )  # fmt: skip
            ring_on_commit("rehearsal_asked")
            _hint(made)
    except IntegrityError as error:
        raise Conflict(
            _("A rehearsal of this campaign is under way already."), code="under_way"
        ) from error
    return made


def _check(campaign: Campaign, script: Script, wish: Wish) -> None:
    if wish.speed not in SPEEDS or not 0 <= wish.seed <= LARGEST_SEED:
        raise Invalid(code="out_of_range")
    if campaign.state == CampaignState.ARCHIVED:
        raise Conflict(_("This campaign is archived."), code="archived")
    count = len(script.lines) + len(script.idle)
    if not count:
        raise Conflict(_("No post of this campaign is still to come."), code="nothing")
    if count > MOST:
        raise Invalid(
            ngettext_lazy(
                "At most %(most)s placement can be rehearsed at once.",
                "At most %(most)s placements can be rehearsed at once.", MOST,
            ) % {"most": MOST},
            code="too_many",
        )  # fmt: skip
    seconds = script.timing(speed=wish.speed, skips_gaps=wish.skips_gaps).seconds
    if seconds > settings.REHEARSAL_MINUTES * 60:
        raise Invalid(
            _("This would take %(minutes)s minutes; %(most)s are allowed. Choose a higher speed, or shorten gaps.")
            % {"minutes": round(seconds / 60), "most": settings.REHEARSAL_MINUTES},
            code="too_long", field="speed",
        )  # fmt: skip


def rehearsal_cancel(actor: Actor, *, rehearsal_id: int) -> Rehearsal:
    """Stop a rehearsal; its process ends as soon as it notices. Conflict when it has ended."""
    rehearsal = rehearsal_for(actor, rehearsal_id)
    if not may_rehearse(actor, rehearsal.campaign):
        raise NotAllowed
    with transaction.atomic():
        if not _move(rehearsal, S.CANCELLED, ended_at=now()):
            raise Conflict(_("This rehearsal has ended already."), code="over")
        record(
            actor, "campaigns.rehearsal.cancelled", rehearsal.campaign,
            unit_id=rehearsal.campaign.unit_id, name=rehearsal.campaign.name, rehearsal=rehearsal.pk,
        )  # fmt: skip
        ring_on_commit("rehearsal_asked")
    rehearsal.refresh_from_db()
    return rehearsal


def rehearsal_begin(rehearsal_id: int | None = None) -> Rehearsal | None:
    """Take a rehearsal that waits, the oldest or this one; None while another runs, or when none waits."""
    rows = Rehearsal.objects.filter(state=S.QUEUED).order_by("pk")
    rehearsal = (rows if rehearsal_id is None else rows.filter(pk=rehearsal_id)).first()
    if rehearsal is None:
        return None
    at = now()
    try:
        with transaction.atomic():
            if not _move(rehearsal, S.RUNNING, run=uuid4(), started_at=at, heard_at=at):
                return None
    except IntegrityError:  # another one runs
        return None
    rehearsal.refresh_from_db()
    return rehearsal


def rehearsal_heard(rehearsal: Rehearsal, progress: dict[str, Any]) -> bool:
    """Note how far a run is. False when it is no longer wanted."""
    with transaction.atomic():
        mine = Rehearsal.objects.filter(pk=rehearsal.pk, run=rehearsal.run, state=S.RUNNING)
        is_wanted = bool(mine.update(heard_at=now(), progress=progress))
        if is_wanted and progress != rehearsal.progress:
            rehearsal.progress = progress
            _hint(rehearsal)
    return is_wanted


def rehearsal_done(rehearsal: Rehearsal, report: dict[str, Any]) -> None:
    """Keep the report of a run that has come to its end."""
    _end(rehearsal, S.DONE, report=report)


def rehearsal_failed(rehearsal: Rehearsal, reason: str, detail: str = "") -> None:
    """Note why a run could not be brought to an end; nothing when it has ended or was stopped."""
    _end(rehearsal, S.FAILED, reason=reason, detail=detail[:500])


def rehearsals_bury() -> list[int]:
    """Let those fail whose process has not been heard for too long. Returns their numbers."""
    silent = Rehearsal.objects.filter(state=S.RUNNING, heard_at__lt=now() - SILENT_FOR)
    dead = list(silent.select_related("campaign"))
    for rehearsal in dead:
        rehearsal_failed(rehearsal, "died")
    return [rehearsal.pk for rehearsal in dead]


def _end(rehearsal: Rehearsal, state: RehearsalState, **changes: Any) -> None:
    with transaction.atomic():
        if _move(rehearsal, state, run=rehearsal.run, ended_at=now(), **changes):
            record(
                SYSTEM, "campaigns.rehearsal.ended", rehearsal.campaign,
                unit_id=rehearsal.campaign.unit_id, name=rehearsal.campaign.name,
                rehearsal=rehearsal.pk, state=state,
            )  # fmt: skip
            ring_on_commit("rehearsal_asked")  # the next one's turn


def _move(rehearsal: Rehearsal, state: RehearsalState, **changes: Any) -> bool:
    """Compare and set on the state and the run; tells whether this call moved it."""
    mine = Rehearsal.objects.filter(
        pk=rehearsal.pk, run=rehearsal.run, state__in=REHEARSAL.sources(state)
    )
    moved = bool(mine.update(state=state, **changes))
    if moved:
        _hint(rehearsal)
    return moved


def _hint(rehearsal: Rehearsal) -> None:
    units = [rehearsal.campaign.unit_id, *rehearsal.campaign.partners.values_list("pk", flat=True)]
    hint_on_commit("rehearsal", units=units, id=rehearsal.pk)
