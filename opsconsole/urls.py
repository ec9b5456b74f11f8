"""All addresses, by app."""

from django.urls import include, path

from opsconsole.health import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("api/", include("opsconsole.api_urls")),
]
