"""Names of roles for templates. No queries."""

from django import template
from django.utils.functional import Promise

from opsconsole.people.roles import Role
from opsconsole.people.status import ROLE_NAMES

register = template.Library()


@register.filter
def role_name(role: str) -> Promise:
    """Name a role in the reader's language."""
    return ROLE_NAMES[Role(role)]
