"""What the screen of an account's budget asks for. Business rules are the actions'."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels.budgets import MOST, MOST_RESERVED, WINDOWS
from channels.models import ChannelAccount


def _limit(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=MOST)


class BudgetForm(forms.Form):
    """How much an account says at most, what answers keep of it, and who answers after that."""

    budget_quarter = _limit(_("At most in 15 minutes"))
    budget_hour = _limit(_("At most in an hour"))
    budget_day = _limit(_("At most in 24 hours"))
    reserved = forms.IntegerField(
        label=_("Kept for answers, percent"),
        min_value=0, max_value=MOST_RESERVED, initial=0,
        help_text=_("Posts never use this share."),
    )  # fmt: skip
    overflow = forms.TypedChoiceField(
        label=_("Overflow account"), coerce=int, required=False, empty_value=None,
        help_text=_("It answers customers while the budget is used up. Posts wait instead."),
    )  # fmt: skip

    def __init__(self, *args: Any, others: Iterable[ChannelAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [("", _("None")), *((one.pk, one.name) for one in others)]
        self.fields["overflow"].choices = offered  # type: ignore[attr-defined]

    def wish(self) -> dict[str, Any]:
        """Return what was typed in the action's words."""
        given = self.cleaned_data
        return {
            "limits": {name: given[name] for name in WINDOWS},
            "reserved": given["reserved"],
            "overflow_id": given["overflow"],
        }


def initial_of(account: ChannelAccount) -> Mapping[str, Any]:
    """Return a stored budget as the form's first values."""
    limits = {name: getattr(account, name) for name in WINDOWS}
    return {**limits, "reserved": account.budget_reserved, "overflow": account.overflow_id}
