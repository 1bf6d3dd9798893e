from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from matching.enums import NOTICE_KINDS
from notifications.rules import register


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = _("Matches")

    def ready(self) -> None:
        register(NOTICE_KINDS)
