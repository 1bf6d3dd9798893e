from django.apps import AppConfig

from matching.enums import NOTICE_KINDS
from notifications.rules import register


class MatchingConfig(AppConfig):
    name = "matching"

    def ready(self) -> None:
        register(NOTICE_KINDS)
