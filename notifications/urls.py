"""Addresses of notices."""

from django.urls import path

from notifications.views import notices, webhooks

urlpatterns = [
    path("", notices.notice_list, name="notice-list"),
    path("settings/", notices.notice_settings, name="notice-settings"),
    path("settings/mail-again/", notices.mail_again, name="mail-again"),
    path("unsubscribe/<str:sealed>/", notices.unsubscribe, name="unsubscribe"),
    path("webhooks/", webhooks.webhook_list, name="webhook-list"),
    path("webhooks/<slug:public_id>/", webhooks.webhook_log, name="webhook-log"),
    path("webhooks/<slug:public_id>/test/", webhooks.webhook_test, name="webhook-test"),
    path("webhooks/<slug:public_id>/off/", webhooks.webhook_off, name="webhook-off"),
    path("webhooks/<slug:public_id>/secret/", webhooks.webhook_secret, name="webhook-secret"),
    path("webhooks/<slug:public_id>/<int:delivery_id>/retry/", webhooks.webhook_retry, name="webhook-retry"),
]
