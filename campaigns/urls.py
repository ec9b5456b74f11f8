"""Addresses of posts."""

from django.urls import path

from campaigns import views

app_name = "campaigns"

urlpatterns = [
    path("", views.posts, name="posts"),
    path("new/", views.create, name="create"),
    path("<int:post_id>/", views.post, name="post"),
    path("<int:post_id>/edit/", views.edit, name="edit"),
    path("of-placement/<int:target_id>/", views.of_target, name="of_target"),
    path("<int:post_id>/<slug:verb>/", views.act, name="act"),
]
