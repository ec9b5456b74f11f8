"""Addresses of live desks."""

from django.urls import path

from campaigns.views import live, live_lines

app_name = "livedesk"

urlpatterns = [
    path("", live.desks, name="desks"),
    path("new/", live.create, name="create"),
    path("of-words/<int:word_id>/", live.of_word, name="of_word"),
    path("<int:desk_id>/", live.desk, name="desk"),
    path("<int:desk_id>/now/", live.now_here, name="now"),
    path("<int:desk_id>/presence/", live.presence, name="presence"),
    path("<int:desk_id>/say/", live_lines.say, name="say"),
    path("<int:desk_id>/lines/<int:line_id>/take-back/", live_lines.take_back, name="take_back"),
    path("<int:desk_id>/words/<int:word_id>/retry/", live_lines.retry, name="retry"),
    path("<int:desk_id>/words/<int:word_id>/skip/", live_lines.skip, name="skip"),
    path(
        "<int:desk_id>/places/<int:place_id>/skip-master/",
        live_lines.skip_master,
        name="skip_master",
    ),
    path("<int:desk_id>/snippets/", live_lines.add_snippet, name="add_snippet"),
    path(
        "<int:desk_id>/snippets/<int:snippet_id>/<slug:verb>/",
        live_lines.change_snippet,
        name="change_snippet",
    ),
    path("<int:desk_id>/export.csv", live.export, {"form": "csv"}, name="export_csv"),
    path("<int:desk_id>/export.txt", live.export, {"form": "txt"}, name="export_txt"),
    path("<int:desk_id>/decide/", live.decide, name="decide"),
    path(
        "<int:desk_id>/master/<int:request_id>/decide/", live.decide_master, name="decide_master"
    ),
    path("<int:desk_id>/<slug:verb>/", live.act, name="act"),
]
