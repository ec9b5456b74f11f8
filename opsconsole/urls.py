"""All addresses, by app."""

from django.urls import include, path

from opsconsole.health import healthz, readyz
from opsconsole.live.views import stream

urlpatterns = [
    path("hooks/", include("channels.hook_urls")),
    path("", include("inbox.urls")),
    path("", include("opsconsole.people.urls")),
    path("", include("channels.urls")),
    path("", include("opsconsole.reports.urls")),
    path("posts/", include("campaigns.urls")),
    path("live/", include("campaigns.live_urls")),
    path("live", stream, name="live"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("api/", include("opsconsole.api_urls")),
]
