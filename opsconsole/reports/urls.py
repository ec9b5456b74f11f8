"""Addresses of the screens that read across the apps."""

from django.urls import path

from opsconsole.reports import views

app_name = "reports"

urlpatterns = [
    path("activity/", views.activity, name="activity"),
    path("activity.csv", views.activity_csv, name="activity_csv"),
]
