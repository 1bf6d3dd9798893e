from django.apps import AppConfig

from notifications.rules import register
from solutions.enums import NOTICE_KINDS


class SolutionsConfig(AppConfig):
    name = "solutions"

    def ready(self) -> None:
        register(NOTICE_KINDS)
