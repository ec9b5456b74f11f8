"""Registers the people app, and has sign-ins written down."""

from django.apps import AppConfig
from django.utils.module_loading import import_string


class PeopleConfig(AppConfig):
    """Users, units, memberships."""

    name = "opsconsole.people"
    label = "people"

    def ready(self) -> None:
        """Connect to Django's sign-in signals. By name: tables exist only once all apps are loaded."""
        import_string("opsconsole.people.sign_ins.connect")()
