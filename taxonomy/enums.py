"""The levels of the M49 regions."""

from django.db import models


class RegionLevel(models.TextChoices):
    REGION = "region", "region"
    SUBREGION = "subregion", "sub-region"
    INTERMEDIATE = "intermediate", "intermediate region"
