"""How rehearsals are shown. No queries."""

from django import template
from django.utils.functional import Promise

from campaigns.lifecycle import RehearsalState
from campaigns.models import Rehearsal
from campaigns.rehearsal.misfortunes import Faults, Misfortune
from campaigns.rehearsal_words import (
    FAILURES,
    FAULTS,
    MISFORTUNES,
    REASONS,
    REFUSED,
    REHEARSAL_STATUS,
    STEPS,
    TROUBLES,
    remarks,
    verdict,
)
from campaigns.selectors.rehearsals import Report
from campaigns.status import Status
from channels.status import DELIVERY_REASONS

register = template.Library()


@register.filter
def rehearsal_status(rehearsal: Rehearsal) -> Status:
    """Return a rehearsal's state in words."""
    return REHEARSAL_STATUS[RehearsalState(rehearsal.state)]


@register.filter
def faults_label(rehearsal: Rehearsal) -> Promise:
    """Return how bad a day was asked for."""
    return FAULTS[Faults(rehearsal.faults)]


@register.filter
def step_label(step: str) -> "Promise | str":
    """Return what a rehearsal is doing."""
    return STEPS.get(step, "")


@register.filter
def failure_label(reason: str) -> "Promise | str":
    """Return why a rehearsal failed."""
    return FAILURES.get(reason, "")


@register.filter
def misfortune_label(name: str) -> Promise:
    """Return what struck a placement."""
    return MISFORTUNES[Misfortune(name)]


@register.filter
def reason_label(code: str) -> "Promise | str":
    """Return why a placement would not go out."""
    if code in REASONS:
        return REASONS[code]
    return DELIVERY_REASONS.get(code) or code


@register.filter
def trouble_label(code: str) -> Promise:
    """Return what would be refused when a draft were scheduled."""
    return TROUBLES.get(code, REFUSED)


@register.filter
def verdict_of(report: Report) -> str:
    """Say in one sentence what a rehearsal has found."""
    return verdict(report)


@register.filter
def remarks_on(report: Report) -> list[str]:
    """Say what else is to be known about a rehearsal."""
    return remarks(report)
