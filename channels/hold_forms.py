"""What the screens of holds ask for: what shall be stopped and why, and what becomes of what was stopped."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels.actions.holding import LONGEST_PHRASE, LONGEST_REASON
from channels.scopes import SCOPES, Scope
from opsconsole.kernel.actor import Actor


class HoldForm(forms.Form):
    """A hold to be placed: one choice among everything that this person may stop."""

    what = forms.ChoiceField(label=_("What shall be stopped?"))
    phrase = forms.CharField(
        label=_("Words, or the tag"),
        max_length=LONGEST_PHRASE,
        required=False,
        help_text=_(
            "For “Words in the text”, whose spaces and capitals do not matter, and for a tag."
        ),
    )
    reason = forms.CharField(
        label=_("Why?"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Everybody whom it concerns reads this at the top of every screen."),
    )
    with_answers = forms.BooleanField(
        label=_("Stop answers to customers as well"),
        required=False,
        help_text=_("Without this, posts alone are stopped and customers go on being answered."),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = choices_of(actor)  # type: ignore[attr-defined]

    def wish(self) -> dict[str, Any]:
        """Return what was chosen in the action's words."""
        given = self.cleaned_data
        scope, _colon, target = given["what"].partition(":")
        phrase = given["phrase"] if SCOPES[scope].has_phrase else ""
        return {
            "scope": scope,
            "target": int(target) if target else None,
            "phrase": phrase,
            "reason": given["reason"],
            "with_answers": given["with_answers"],
        }


def choices_of(actor: Actor) -> list[tuple[str, Any]]:
    """Return all that somebody may stop, grouped by scope: values are "scope" or "scope:number"."""
    found: list[tuple[str, Any]] = []
    for name, scope in SCOPES.items():
        offers = _offers(actor, name, scope)
        if not scope.column and offers:
            found += offers
        elif offers:
            found.append((str(scope.label), offers))
    return found


def _offers(actor: Actor, name: str, scope: Scope) -> list[tuple[str, str]]:
    is_everywhere = actor.everywhere("holds.place")
    whole = [] if scope.column and scope.is_choice_needed else [(name, str(scope.label))]
    if scope.column and whole:
        whole = [(name, str(_("%(scope)s, in every unit") % {"scope": scope.label}))]
    offers = whole if is_everywhere else []
    prefix = f"{scope.label}: " if scope.has_phrase else ""
    return offers + [(f"{name}:{pk}", f"{prefix}{label}") for pk, label in scope.choices(actor)]


class ReviewForm(forms.Form):
    """When what waits for review shall leave instead, in the reader's own time."""

    at = forms.DateTimeField(
        label=_("New time"),
        required=False,
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "class": "input"}, format="%Y-%m-%dT%H:%M"
        ),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )

    def moment(self) -> datetime | None:
        """Return the time that was chosen, if any."""
        chosen: datetime | None = self.cleaned_data["at"]
        return chosen
