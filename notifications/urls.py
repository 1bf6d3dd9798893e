"""Addresses of notices."""

from django.urls import path

from notifications import views

urlpatterns = [
    path("", views.notice_list, name="notice-list"),
    path("settings/", views.notice_settings, name="notice-settings"),
    path("settings/mail-again/", views.mail_again, name="mail-again"),
    path("unsubscribe/<str:sealed>/", views.unsubscribe, name="unsubscribe"),
]
