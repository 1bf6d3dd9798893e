"""Addresses of matching."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from matching.api import MatchViewSet
from matching.views.demands import DemandMatches
from matching.views.matches import MatchAct, MatchDetail

router = SimpleRouter()
router.register("matches", MatchViewSet, basename="match")

api_urlpatterns = [path("", include(router.urls))]
urlpatterns = [
    path("demands/<slug:public_id>/matches/", DemandMatches.as_view(), name="demand-matches"),
    path("matches/<slug:public_id>/", MatchDetail.as_view(), name="match-page"),
    path("matches/<slug:public_id>/<slug:verb>/", MatchAct.as_view(), name="match-act"),
]
