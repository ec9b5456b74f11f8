"""Addresses of accounts and deliveries."""

from django.urls import URLPattern

app_name = "channels"

urlpatterns: list[URLPattern] = []
