"""One's notices over the API."""

from notifications.api.notices import NoticeViewSet, PreferencesView

__all__ = ["NoticeViewSet", "PreferencesView"]
