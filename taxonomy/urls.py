"""Addresses of the reference data."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from taxonomy import api

router = SimpleRouter()
router.register("goals", api.GoalViewSet, basename="goal")
router.register("targets", api.TargetViewSet, basename="target")
router.register("regions", api.RegionViewSet, basename="region")
router.register("countries", api.CountryViewSet, basename="country")
router.register("sectors", api.SectorViewSet, basename="sector")
router.register("modalities", api.ModalityViewSet, basename="modality")
router.register("languages", api.LanguageViewSet, basename="language")

api_urlpatterns = [path("", include(router.urls))]
