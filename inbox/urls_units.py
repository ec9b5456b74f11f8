"""Addresses of routing rules, consults and the pages of guests."""

from django.urls import URLPattern, path

from inbox.views import consults, guests, rules

unit_patterns: list[URLPattern] = [
    path("consults/", consults.consults, name="consults"),
    path("consults/<int:consult_id>/", consults.consult, name="consult"),
    path("consults/<int:consult_id>/answer/", consults.answer, name="consult_answer"),
    path("consults/<int:consult_id>/withdraw/", consults.withdraw, name="consult_withdraw"),
    path("consults/<int:consult_id>/links/", consults.link, name="consult_link"),
    path(
        "consults/<int:consult_id>/links/<int:link_id>/withdraw/",
        consults.link_withdraw,
        name="consult_link_withdraw",
    ),
    path("guest/thanks/<slug:language>/", guests.thanks, name="guest_thanks"),
    path("guest/<str:token>/", guests.guest, name="guest"),
    path("routing/", rules.rules, name="rules"),
    path("routing/new/", rules.create, name="rule_create"),
    path("routing/<int:rule_id>/", rules.edit, name="rule"),
    path("routing/<int:rule_id>/trial/", rules.trial, name="rule_trial"),
    path("routing/<int:rule_id>/<slug:verb>/", rules.act, name="rule_act"),
]
