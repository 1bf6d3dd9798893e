"""Addresses of notices."""

from django.urls import path

from notifications import views

urlpatterns = [
    path("", views.notice_list, name="notice-list"),
]
