"""Addresses of accounts and deliveries."""

from django.urls import include, path

from channels.views import (
    accounts,
    apps,
    budgets,
    connecting,
    deliveries,
    followers,
    holds,
    listening,
    past,
    push,
    signatures,
    spending,
    watch,
)

app_name = "channels"

_account = [
    path("", accounts.account, name="account"),
    path("edit/", accounts.edit, name="edit"),
    path("delete/", accounts.leave, name="account_leave"),
    path("reconnect/", connecting.reconnect, name="reconnect"),
    path("reconnect/<slug:way>/", connecting.reconnect_begin, name="reconnect_begin"),
    path("listening/", listening.listening, name="listening"),
    path("signature/", signatures.signature, name="signature"),
    path("budget/", budgets.budget, name="budget"),
    path("past/", past.past, name="past"),
    path("past/<int:number>/stop/", past.stop, name="past_stop"),
    path("push/", push.push, name="push"),
    path("push/events/<int:event_id>/<slug:verb>/", push.decide, name="push_decide"),
    path("push/<slug:verb>/", push.act, name="push_act"),
    path("followers/", followers.followers, name="followers"),
    path("followers/file/", followers.followers_file, name="followers_file"),
    path("spending/", spending.spending, name="spending"),
    path("spending/file/", spending.spending_file, name="spending_file"),
    path("<slug:verb>/", accounts.act, name="account_act"),
]

_handshake = [
    path("", connecting.connecting, name="connecting"),
    path("keep/", connecting.keep, name="connecting_keep"),
    path("renew/", connecting.renew, name="connecting_renew"),
    path("unseen/", connecting.keep_unseen, name="connecting_unseen"),
    path("again/", connecting.again, name="connecting_again"),
    path("leave/", connecting.leave, name="connecting_leave"),
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
    path("accounts/connect/", connecting.choose, name="choose"),
    path("accounts/connect/<slug:kind>/", connecting.connect, name="connect"),
    path(
        "accounts/connect/<slug:kind>/<slug:way>/", connecting.connect_begin, name="connect_begin"
    ),
    path("accounts/back/<slug:kind>/", connecting.back, name="connect_back"),
    path("accounts/connecting/<int:handshake_id>/", include(_handshake)),
    path("accounts/apps/", apps.apps, name="apps"),
    path("accounts/apps/<slug:kind>/", apps.app, name="app"),
    path("accounts/<int:account_id>/", include(_account)),
    path("deliveries/", deliveries.deliveries, name="deliveries"),
    path("deliveries/<int:delivery_id>/", include(_delivery)),
    path("watch/", watch.watch, name="watch"),
    path("metrics", watch.metrics, name="metrics"),
    path("holds/", holds.holds, name="holds"),
    path("holds/banner/", holds.banner, name="hold_banner"),
    path("holds/past/", holds.past, name="holds_past"),
    path("holds/review/", holds.review, name="hold_review"),
    path("holds/<int:hold_id>/", include(_hold)),
]
