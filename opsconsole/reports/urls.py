"""Addresses of the screens that read across the apps."""

from django.urls import path

from opsconsole.reports import file_views, misroute_views, time_views, today_views, views

app_name = "reports"

urlpatterns = [
    path("today/", today_views.today, name="today"),
    path("today/waits/", today_views.waits, name="today_waits"),
    path("reports/", time_views.times, name="times"),
    path("reports/levels/", time_views.levels, name="levels"),
    path("reports/rows/", time_views.time_rows, name="time_rows"),
    path("reports/times.csv", file_views.times_csv, name="times_csv"),
    path("reports/times.xlsx", file_views.times_xlsx, name="times_xlsx"),
    path("reports/rows.csv", file_views.rows_csv, name="rows_csv"),
    path("reports/rows.xlsx", file_views.rows_xlsx, name="rows_xlsx"),
    path("activity/", views.activity, name="activity"),
    path("activity.csv", views.activity_csv, name="activity_csv"),
    path("misroutes/", misroute_views.misroutes, name="misroutes"),
    path("misroutes/rows/", misroute_views.misroute_rows, name="misroute_rows"),
    path("misroutes.csv", misroute_views.misroutes_csv, name="misroutes_csv"),
]
