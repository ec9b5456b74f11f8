"""Addresses of accounts and deliveries."""

from django.urls import include, path

from channels.views import accounts, deliveries

app_name = "channels"

_account = [
    path("", accounts.account, name="account"),
    path("edit/", accounts.edit, name="edit"),
    path("reconnect/", accounts.reconnect, name="reconnect"),
    path("<slug:verb>/", accounts.act, name="account_act"),
]

_delivery = [
    path("", deliveries.delivery, name="delivery"),
    path("confirm/", deliveries.confirm, name="delivery_confirm"),
    path("<slug:verb>/", deliveries.act, name="delivery_act"),
]

urlpatterns = [
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/connect/", accounts.choose, name="choose"),
    path("accounts/connect/<slug:kind>/", accounts.connect, name="connect"),
    path("accounts/<int:account_id>/", include(_account)),
    path("deliveries/", deliveries.deliveries, name="deliveries"),
    path("deliveries/<int:delivery_id>/", include(_delivery)),
]
