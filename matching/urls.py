"""Addresses of matching."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from matching.api import FederatedMatchView, MatchViewSet, MessagesView, PairView, SearchView, SuggestionsView
from matching.views.comparing import compare
from matching.views.demands import DemandMatches
from matching.views.matches import MatchAct, MatchDetail, MyMatches
from matching.views.posting import Fit
from matching.views.searches import saved_search, saved_search_delete, saved_searches

router = SimpleRouter()
router.register("matches", MatchViewSet, basename="match")

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("match", FederatedMatchView.as_view(), name="federated-match"),
    path("search/", SearchView.as_view(), name="api-search"),
    path("suggestions/", SuggestionsView.as_view(), name="suggestions"),
    path("matches/explain/", PairView.as_view(), name="explain-pair"),
    re_path(r"^matches/(?P<id>[0-9a-z]+)/messages/$", MessagesView.as_view(), name="match-messages"),
    path("", include(router.urls)),
]
urlpatterns = [
    path("searches/", saved_searches, name="saved-searches"),
    path("searches/<slug:public_id>/", saved_search, name="saved-search"),
    path("searches/<slug:public_id>/delete/", saved_search_delete, name="saved-search-delete"),
    path("entries/<slug:public_id>/fit/", Fit.as_view(), name="entry-fit"),
    path("demands/<slug:public_id>/compare/", compare, name="demand-compare"),
    path("demands/<slug:public_id>/matches/", DemandMatches.as_view(), name="demand-matches"),
    path("matches/", MyMatches.as_view(), name="my-matches"),
    path("matches/<slug:public_id>/", MatchDetail.as_view(), name="match-page"),
    path("matches/<slug:public_id>/<slug:verb>/", MatchAct.as_view(), name="match-act"),
]
