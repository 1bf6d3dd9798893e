from django.apps import AppConfig

from notifications.rules import NOTICE_KINDS, register


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        register(NOTICE_KINDS)
