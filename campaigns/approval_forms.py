"""What the screens of approvals send, read and bounded. Business rules are the actions'."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.actions.approvals import LONGEST_WORD
from campaigns.actions.policies import MOST_HOURS
from campaigns.actions.releases import LONGEST_REASON
from campaigns.approval import Step, steps_from
from campaigns.models import ApprovalPolicy
from opsconsole.people.models import Language, User
from opsconsole.people.roles import Role
from opsconsole.people.status import ROLE_NAMES

#: Guests read no posts, so they are not offered.
_ROLES = [(str(role), name) for role, name in ROLE_NAMES.items() if role != Role.GUEST]
#: Steps that the form of a rule offers.
OFFERED_STEPS = 3


class WordForm(forms.Form):
    """A word with a yes or a no, or a comment."""

    word = forms.CharField(
        label=_("A word with the decision"), max_length=LONGEST_WORD, required=False,
        help_text=_("Needed when you send it back."), widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class CommentForm(forms.Form):
    """A comment on a post."""

    text = forms.CharField(
        label=_("Comment for colleagues"), max_length=LONGEST_WORD, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class AskForm(forms.Form):
    """Until when a request can be decided, when that is earlier than the post's time."""

    expires_at = forms.DateTimeField(
        label=_("To be decided until"), required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("At the latest it is the time of the post."),
    )  # fmt: skip


class ReleaseForm(forms.Form):
    """Why a post must go out without approval."""

    reason = forms.CharField(
        label=_("Why it cannot wait"), max_length=LONGEST_REASON, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class LinkForm(forms.Form):
    """In which language a guest reads, and for how long the address holds."""

    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    hours = forms.TypedChoiceField(
        label=_("Valid for"), coerce=int, initial=24,
        choices=[(1, _("1 hour")), (8, _("8 hours")), (24, _("24 hours")), (72, _("3 days"))],
    )  # fmt: skip


class GuestForm(forms.Form):
    """What a guest says, and who they are."""

    name = forms.CharField(
        label=_("Your name"), max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    word = forms.CharField(
        label=_("A word with the decision"), max_length=LONGEST_WORD, required=False,
        help_text=_("Needed when you send it back."), widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class PolicyForm(forms.Form):
    """The steps of a rule: for each a role of the unit, or people by name, and whether all must agree."""

    hours_before = forms.IntegerField(
        label=_("Hours before its time by which a post must be decided"), required=False,
        min_value=0, max_value=MOST_HOURS,
    )  # fmt: skip

    def __init__(
        self, *args: Any, people: Iterable[User], stored: ApprovalPolicy | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        named = [(user.pk, str(user)) for user in people]
        kept = steps_from(stored.steps) if stored else []
        self.size = max(OFFERED_STEPS, len(kept))
        self.fields["hours_before"].initial = stored.hours_before if stored else None
        for number in range(self.size):
            step = kept[number] if number < len(kept) else Step()
            self._add(number, step, named)

    def _add(self, number: int, step: Step, named: list[tuple[int, str]]) -> None:
        who = "people" if step.people else step.role
        choices = [("", _("No step")), *_ROLES, ("people", _("People by name"))]
        self.fields[f"who_{number}"] = forms.ChoiceField(
            label=_("Who agrees"), choices=choices, required=False, initial=who
        )
        self.fields[f"people_{number}"] = forms.TypedMultipleChoiceField(
            label=_("People"), coerce=int, required=False, choices=named,
            initial=list(step.people), widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
        self.fields[f"needs_{number}"] = forms.ChoiceField(
            label=_("How many"), initial="all" if step.needs_all else "any",
            choices=[("any", _("One of them suffices")), ("all", _("All must agree"))],
        )  # fmt: skip

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return the fields of each step."""
        return [
            {
                "number": number + 1,
                "who": self[f"who_{number}"],
                "people": self[f"people_{number}"],
                "needs": self[f"needs_{number}"],
            }
            for number in range(self.size)
        ]

    def steps(self) -> list[Step]:
        """Return the steps that were chosen, in their order."""
        given = self.cleaned_data
        chosen = []
        for number in range(self.size):
            who = given[f"who_{number}"]
            if who:
                people = tuple(given[f"people_{number}"]) if who == "people" else ()
                role = "" if who == "people" else who
                chosen.append(Step(role, people, given[f"needs_{number}"] == "all"))
        return chosen
