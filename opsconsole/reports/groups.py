"""Kinds of acts by which the activity is filtered. Data only."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: group -> what it is called, how its verbs begin
GROUPS: dict[str, tuple[Promise, tuple[str, ...]]] = {
    "conversations": (_("Conversations"), ("inbox.",)),
    "posts": (_("Posts"), ("campaigns.",)),
    "deliveries": (_("Deliveries"), ("channels.delivery.", "channels.hold.")),
    "accounts": (
        _("Accounts"),
        ("channels.account.", "channels.app.", "channels.door.", "channels.pushevent.", "channels.subscription."),
    ),
    "people": (
        _("People and roles"),
        (
            "people.user.", "people.membership.", "people.unit.", "people.preferences.",
            "people.photo.", "people.password.",
        ),
    ),
    "sign_ins": (_("Sign-ins"), ("people.session.", "people.token.")),
    "exports": (_("Exports"), ("audit.",)),
}  # fmt: skip
