"""One's notices over the API, and the webhooks of one's organisations."""

from notifications.api.notices import NoticeViewSet, PreferencesView
from notifications.api.webhooks import WebhookViewSet

__all__ = ["NoticeViewSet", "PreferencesView", "WebhookViewSet"]
