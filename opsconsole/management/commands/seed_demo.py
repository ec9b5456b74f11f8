"""Fill an empty console with the model company. Safe to run again."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from opsconsole.demo.company import PASSWORD, PEOPLE
from opsconsole.demo.planning import seed_plans
from opsconsole.demo.routing import seed_consult, seed_rules
from opsconsole.demo.seeding import (
    seed_accounts,
    seed_apps,
    seed_clocks,
    seed_people,
    seed_posts,
    seed_wording,
)
from opsconsole.demo.shifts import seed_shifts


class Command(BaseCommand):
    help = "Make the demo's people, units and tags, and connect the sandbox's accounts."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed, then print the logins."""
        with transaction.atomic():
            seed_people()
            seed_clocks()
            seed_wording()
            seed_shifts()
            seed_rules()
            if settings.SANDBOX_URL:
                seed_apps(settings.SANDBOX_URL)
                seed_accounts(settings.SANDBOX_URL)
                seed_posts()
            seed_consult()
        if settings.SANDBOX_URL:
            # Each act by itself: a hold closes the gate of all that leaves, and workers are at it already.
            seed_plans()
        self.stdout.write(f"Demo logins (password {PASSWORD}):")
        for name, (_nickname, _language, _memberships, purpose) in PEOPLE.items():
            self.stdout.write(f"  {name:<8} {purpose}")
