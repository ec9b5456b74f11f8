"""What the page frame needs on every screen."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from opsconsole.demo.logins import demo_logins


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the actor and the sandbox's address for the frame, and how to ask for demo logins."""
    return {
        "actor": getattr(request, "actor", None),
        "sandbox_url": settings.SANDBOX_URL,
        "demo_logins": demo_logins,
    }
