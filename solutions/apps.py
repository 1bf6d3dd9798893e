from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from notifications.rules import register
from solutions.enums import NOTICE_KINDS


class SolutionsConfig(AppConfig):
    name = "solutions"
    verbose_name = _("Solutions")

    def ready(self) -> None:
        register(NOTICE_KINDS)
