"""All addresses, by app."""

from django.urls import include, path

urlpatterns: list = []
