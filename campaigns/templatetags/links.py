"""How what is known of addresses is said. No queries."""

from django import template
from django.utils.translation import gettext as _

from campaigns.lifecycle import LinkState
from campaigns.models import LinkCheck
from campaigns.status import LINK_REASONS, LINK_STATUS, Status

register = template.Library()


@register.filter
def link_status(link: LinkCheck) -> Status:
    """Return what is known of an address, in words."""
    return LINK_STATUS[LinkState(link.state)]


@register.filter
def link_reason(link: LinkCheck) -> str:
    """Return why it did not go well; empty when it did."""
    if link.reason == "status":
        return _("The server answers %(status)s.") % {"status": link.status}
    return str(LINK_REASONS.get(link.reason, ""))
