"""Addresses of the doors. They are looked up before all others: in a storm each of ten thousand calls pays for it."""

from django.urls import path

from channels.views import hooks, pings

app_name = "hooks"

urlpatterns = [
    path("facebook/<str:token>", hooks.facebook, name="facebook"),
    path("x/<str:token>", hooks.x, name="x"),
    path("blog/<str:token>/webmention", pings.webmention, name="webmention"),
    path("blog/<str:token>/pingback", pings.pingback, name="pingback"),
    path("blog/<str:token>/trackback", pings.trackback, name="trackback"),
]
