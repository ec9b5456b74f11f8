"""What roles are called on screens."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsconsole.people.roles import Role

ROLE_NAMES: dict[Role, Promise] = {
    Role.GUEST: _("Guest"),
    Role.OPERATOR: _("Operator"),
    Role.STAFF: _("Staff"),
    Role.MANAGER: _("Manager"),
    Role.ADMINISTRATOR: _("Administrator"),
}
