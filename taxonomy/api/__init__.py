"""Reference data over the API."""

from taxonomy.api.reference import (
    CountryViewSet,
    GoalViewSet,
    LanguageViewSet,
    ModalityViewSet,
    RegionViewSet,
    SectorViewSet,
    TargetViewSet,
)

__all__ = [
    "CountryViewSet",
    "GoalViewSet",
    "LanguageViewSet",
    "ModalityViewSet",
    "RegionViewSet",
    "SectorViewSet",
    "TargetViewSet",
]
