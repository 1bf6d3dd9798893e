from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from notifications.rules import NOTICE_KINDS, register


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Notices")

    def ready(self) -> None:
        register(NOTICE_KINDS)
