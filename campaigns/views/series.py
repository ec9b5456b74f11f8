"""Screens of series: the list, one with its occurrences, changing it, and what a rule will do."""

from collections.abc import Callable
from datetime import date
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.actions import series as actions
from campaigns.contents import Content
from campaigns.forms import PostForm
from campaigns.models import Series
from campaigns.recurrence import days, occurrences
from campaigns.selectors.campaigns import campaigns_to_choose
from campaigns.selectors.library import images_for
from campaigns.selectors.series import Line, lines_of, series_for, series_page
from campaigns.series_forms import RepeatForm, content_initial, repeat_initial
from campaigns.variables import NAMES, fill, turn
from campaigns.views.writing import cards_of
from channels.selectors.accounts import speakable_accounts
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import DomainError, NotFound
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, blame, for_people, number, told
from opsconsole.people.selectors import units_within

#: Dates that are shown while a rule is being written.
PREVIEWED = 10


@require_GET
@for_people
def every(request: ActorRequest) -> HttpResponse:
    """List the series."""
    request.actor.must(Ability.READ_POSTS)
    page = series_page(request.actor, cursor=request.GET.get("cursor", ""))
    context = {"page": page, "can_write": request.actor.can(Ability.WRITE_POSTS)}
    return render(request, "campaigns/every_series.html", context)


@require_GET
@for_people
def one(request: ActorRequest, series_id: int) -> HttpResponse:
    """Show one series: its rule, its texts, and each time it comes."""
    found = series_for(request.actor, series_id)
    context = {
        "series": found,
        "lines": lines_of(found),
        "continued": found.continued_by.first(),
        "now": now(),
        "can_write": request.actor.can(Ability.WRITE_POSTS, found.unit_id),
    }
    return render(request, "campaigns/series.html", context)


@require_http_methods(["GET", "POST"])
@for_people
def edit(request: ActorRequest, series_id: int) -> HttpResponse:
    """Change all of a series that is to come, or from one date on."""
    found = series_for(request.actor, series_id, ability=Ability.WRITE_POSTS)
    first_day = day_of(request.GET.get("from", "")) if request.GET.get("from") else None
    form, repeat = _forms(request, found, first_day)
    if request.method == "GET":
        return _shown(request, found, form, repeat, first_day)
    if not (form.is_valid() and repeat.is_valid()) or not _is_whole(form, repeat):
        return _shown(request, found, form, repeat, first_day, status=422)
    try:
        kept = actions.series_change(
            request.actor, series_id=series_id, plan=repeat.plan(form.content(), form.cleaned_data["local_time"]),
            version=form.cleaned_data["version"] or 0, first_day=first_day,
        )  # fmt: skip
    except DomainError as error:
        blame(repeat if error.data.get("field") in repeat.fields else form, error)
        return _shown(request, found, form, repeat, first_day, status=error.status)
    messages.success(request, _("Saved."))
    return redirect("campaigns:series", series_id=kept.pk)


@require_POST
@for_people
def act(request: ActorRequest, series_id: int, verb: str) -> HttpResponse:
    """Leave a date out, take it in again, or end the series."""
    day = request.POST.get("day", "")
    acts: dict[str, Callable[[], Series]] = {
        "skip": lambda: actions.series_skip(
            request.actor, series_id=series_id, day=day_of(day)
        ),
        "restore": lambda: actions.series_restore(
            request.actor, series_id=series_id, day=day_of(day)
        ),
        "end": lambda: actions.series_end(request.actor, series_id=series_id),
    }  # fmt: skip
    if verb not in acts:
        raise NotFound
    told(request, acts[verb])
    return redirect("campaigns:series", series_id=series_id)


@require_POST
@for_people
def preview(request: ActorRequest) -> HttpResponse:
    """Show the next dates of a rule that is being written, and what will be said on them."""
    request.actor.must(Ability.WRITE_POSTS)
    form = PostForm(
        request.POST, accounts=speakable_accounts(request.actor),
        units=units_within(request.actor, Ability.WRITE_POSTS),
    )  # fmt: skip
    repeat = RepeatForm(request.POST, present=request.POST.get("zone") or form.time_zone)
    form.is_valid()
    lines: list[Line] = []
    local = form.cleaned_data.get("local_time")
    is_asked = False
    if repeat.is_valid() and repeat.is_repeating and local is not None:
        is_asked = True
        given = form.cleaned_data
        typed = Content("", given.get("body", ""), [], {}, local, form.time_zone)
        plan = repeat.plan(typed, local)
        texts = [text for text in plan.texts if text.strip()] or [""]
        first = number(request.POST.get("first_number"), 1, 1, 100_000)
        coming = (found for found in occurrences(plan.rule, first) if found.at > now())
        lines = [
            Line(found, fill(turn(texts, found.number), found, plan.language), None, False)
            for found in islice(coming, PREVIEWED)
        ]
    context = {"lines": lines, "is_asked": is_asked, "zone": repeat["zone"].value()}
    return render(request, "campaigns/_dates.html", context)


def day_of(given: str) -> date:
    """Read a date from an address or a form; NotFound when it is none."""
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise NotFound from None


def repeat_context(repeat: RepeatForm) -> dict[str, Any]:
    """Return what the repeating part of a form shows."""
    language = "en" if get_language() == "en" else "ko"
    return {"repeat": repeat, "variables": NAMES[language]}


def _forms(
    request: ActorRequest, found: Series, first_day: date | None
) -> tuple[PostForm, RepeatForm]:
    present = list(found.accounts.all())
    accounts = {account.pk: account for account in speakable_accounts(request.actor)}
    for account in present:
        accounts.setdefault(account.pk, account)
    left = found.count
    if first_day is not None and left is not None:
        left -= sum(1 for day in days(found.rule) if day < first_day)
    shown = first_day or found.starts_on
    data = request.POST if request.method == "POST" else None
    form = PostForm(
        data, accounts=accounts.values(), units=[found.unit],
        campaigns=[*campaigns_to_choose(request.actor), *([found.campaign] if found.campaign else [])],
        initial=content_initial(found, [account.pk for account in present], shown),
        library=images_for(request.actor),
    )  # fmt: skip
    form.time_zone = found.time_zone
    initial = repeat_initial(found, first_day, left)
    return form, RepeatForm(data, present=found.time_zone, initial=initial)


def _is_whole(form: PostForm, repeat: RepeatForm) -> bool:
    """Say whether there is a rule and a time to begin with; complain where they are missing."""
    if not form.cleaned_data.get("local_time"):
        form.add_error("local_time", _("Choose a time."))
    if not repeat.is_repeating:
        repeat.add_error("repeats", _("Choose how often it repeats."))
    return not form.errors and not repeat.errors


def _shown(
    request: ActorRequest,
    found: Series,
    form: PostForm,
    repeat: RepeatForm,
    first_day: date | None,
    *,
    status: int = 200,
) -> HttpResponse:
    before = sum(1 for day in days(found.rule) if first_day and day < first_day)
    context = {
        "series": found, "form": form, "first_day": first_day, "cards": cards_of(request, form),
        "first_number": found.first_number + before, **repeat_context(repeat),
    }  # fmt: skip
    return render(request, "campaigns/edit_series.html", context, status=status)
