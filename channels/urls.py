"""Addresses of accounts and deliveries."""

from django.urls import include, path

from channels.views import accounts, budgets, deliveries, holds, hooks, listening, watch

app_name = "channels"

_account = [
    path("", accounts.account, name="account"),
    path("edit/", accounts.edit, name="edit"),
    path("reconnect/", accounts.reconnect, name="reconnect"),
    path("listening/", listening.listening, name="listening"),
    path("budget/", budgets.budget, name="budget"),
    path("<slug:verb>/", accounts.act, name="account_act"),
]

_delivery = [
    path("", deliveries.delivery, name="delivery"),
    path("confirm/", deliveries.confirm, name="delivery_confirm"),
    path("<slug:verb>/", deliveries.act, name="delivery_act"),
]

_hold = [
    path("", holds.hold, name="hold"),
    path("lift/", holds.lift, name="hold_lift"),
]

urlpatterns = [
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/connect/", accounts.choose, name="choose"),
    path("accounts/connect/<slug:kind>/", accounts.connect, name="connect"),
    path("accounts/<int:account_id>/", include(_account)),
    path("deliveries/", deliveries.deliveries, name="deliveries"),
    path("deliveries/<int:delivery_id>/", include(_delivery)),
    path("hooks/facebook/<str:token>", hooks.facebook, name="hook_facebook"),
    path("hooks/x/<str:token>", hooks.x, name="hook_x"),
    path("watch/", watch.watch, name="watch"),
    path("metrics", watch.metrics, name="metrics"),
    path("holds/", holds.holds, name="holds"),
    path("holds/banner/", holds.banner, name="hold_banner"),
    path("holds/past/", holds.past, name="holds_past"),
    path("holds/review/", holds.review, name="hold_review"),
    path("holds/<int:hold_id>/", include(_hold)),
]
