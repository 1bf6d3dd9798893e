"""The levels of the M49 regions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RegionLevel(models.TextChoices):
    REGION = "region", _("region")
    SUBREGION = "subregion", _("sub-region")
    INTERMEDIATE = "intermediate", _("intermediate region")
