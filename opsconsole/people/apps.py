"""Registers the people app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Users, units, memberships."""

    name = "opsconsole.people"
    label = "people"
