"""Addresses of the screens that read across the apps."""

from django.urls import URLPattern

app_name = "reports"

urlpatterns: list[URLPattern] = []
