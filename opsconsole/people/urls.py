"""Addresses about people."""

from django.urls import path
from django.views.i18n import set_language

from opsconsole.people import admin_views, views

app_name = "people"

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", views.SignOut.as_view(), name="sign_out"),
    path("preferences/", views.preferences, name="preferences"),
    path("language/", set_language, name="language"),
    path("preferences/photo/remove/", views.photo_remove, name="photo_remove"),
    path("preferences/password/", views.password, name="password"),
    path("photos/<int:user_id>/<str:name>", views.photo, name="photo"),
    path("people/", admin_views.people, name="people"),
    path("people/new/", admin_views.create, name="create"),
    path("people/units/new/", admin_views.create_unit, name="create_unit"),
    path("people/units/<int:unit_id>/wall/", admin_views.wall, name="wall"),
    path("people/<int:user_id>/", admin_views.person, name="person"),
    path("people/<int:user_id>/roles/", admin_views.add_membership, name="add_membership"),
    path(
        "people/<int:user_id>/roles/<int:membership_id>/remove/",
        admin_views.remove_membership,
        name="remove_membership",
    ),
    path("people/<int:user_id>/deactivate/", admin_views.deactivate, name="deactivate"),
    path("people/<int:user_id>/reactivate/", admin_views.reactivate, name="reactivate"),
    path("people/<int:user_id>/password/", admin_views.reset_password, name="reset_password"),
]
