"""Closed vocabularies of accounts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationType(models.TextChoices):
    """Kinds of organisation, after the IATI OrganisationType code list (coarser)."""

    GOVERNMENT = "government", _("Government")
    UN_ENTITY = "un_entity", _("United Nations entity")
    REGIONAL_BODY = "regional_body", _("Regional or intergovernmental body")
    DEVELOPMENT_BANK = "development_bank", _("Development bank or fund")
    ACADEMIA = "academia", _("Academic or research institution")
    NGO = "ngo", _("Civil society organisation")
    PRIVATE_SECTOR = "private_sector", _("Private sector")


class Role(models.TextChoices):
    """What a person does in an organisation."""

    FOCAL_POINT = "focal_point", _("Focal point")
    PUBLISHER = "publisher", _("Publisher")
    CURATOR = "curator", _("Curator")
    OBSERVER = "observer", _("Observer")


class Scope(models.TextChoices):
    """What an access token may be used for."""

    READ = "read", _("Read what the person may read")
    WRITE = "write", _("Change what the person may change")
    MATCH = "match", _("Ask for matches of profiles of another platform")
