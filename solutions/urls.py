"""Addresses of the catalogue, and of the API up to it: reference data, organisations, entries."""

from django.urls import URLPattern, URLResolver, include, path
from rest_framework.routers import SimpleRouter

from accounts.api import OrganisationViewSet, TokenViewSet
from notifications.api import NoticeViewSet, PreferencesView, WebhookViewSet
from solutions import api, views
from solutions.enums import Kind
from solutions.views.archive import archive_file, archive_page
from solutions.views.entries import entry_preview
from solutions.views.feeds import EntryFeed
from solutions.views.importing import ImportEntries, import_template
from solutions.views.letters import entry_letter
from solutions.views.mine import my_entries
from solutions.views.moving import MoveEntry
from solutions.views.posting import CheckStep, EditStep, LetterStep, NewEntry
from taxonomy.urls import api_urlpatterns as reference_urlpatterns

router = SimpleRouter()
# Where a page lists the same rows, the API needs names of its own: `reverse` knows one address for each name.
router.register("organisations", OrganisationViewSet, basename="organisation")
router.register("tokens", TokenViewSet, basename="token")
router.register("notices", NoticeViewSet, basename="api-notice")
router.register("webhooks", WebhookViewSet, basename="api-webhook")
router.register("solutions", api.SolutionViewSet, basename="api-solution")
router.register("offers", api.OfferViewSet, basename="api-offer")
router.register("demands", api.DemandViewSet, basename="api-demand")

api_urlpatterns: list[URLPattern | URLResolver] = [
    *reference_urlpatterns,
    path("imports/", api.ImportView.as_view(), name="api-import"),
    path("preferences/", PreferencesView.as_view(), name="api-preferences"),
    path("", include(router.urls)),
]
urlpatterns = [
    path("solutions/", views.entry_list, {"kind": Kind.SOLUTION}, name="solution-list"),
    path("offers/", views.entry_list, {"kind": Kind.OFFER}, name="offer-list"),
    path("demands/", views.entry_list, {"kind": Kind.DEMAND}, name="demand-list"),
    *(path(f"{kind}s/feed/", EntryFeed(), {"kind": kind}, name=f"{kind}-feed") for kind in Kind),
    path("archive/", archive_page, name="archive"),
    path("archive/<str:name>", archive_file, name="archive-file"),
    path("collections/", views.collection_list, name="collection-list"),
    path("collections/<slug:slug>/", views.collection_page, name="collection-page"),
    path("entries/<slug:public_id>/", views.entry_detail, name="entry-detail"),
    path("entries/<slug:public_id>/translations/", views.translation_list, name="translation-list"),
    path("entries/<slug:public_id>/translations/<slug:language>/", views.translation_edit, name="translation-edit"),
    path("entries/<slug:public_id>/edit/check/", CheckStep.as_view(), name="entry-check"),
    path("entries/<slug:public_id>/edit/letter/", LetterStep.as_view(), name="entry-letter-step"),
    path("entries/<slug:public_id>/edit/<slug:step>/", EditStep.as_view(), name="entry-edit"),
    path("entries/<slug:public_id>/letter/", entry_letter, name="entry-letter"),
    path("entries/<slug:public_id>/preview/", entry_preview, name="entry-preview"),
    path("entries/<slug:public_id>/move/<slug:verb>/", MoveEntry.as_view(), name="entry-move"),
    *(path(f"{kind}s/new/", NewEntry.as_view(), {"kind": kind}, name=f"{kind}-new") for kind in Kind),
    path("my-entries/", my_entries, name="my-entries"),
    path("my-entries/import/", ImportEntries.as_view(), name="entry-import"),
    path("my-entries/import/<slug:kind>.<slug:file_format>", import_template, name="import-template"),
    path("reconfirm/<str:sealed>/", views.entry_reconfirm, name="entry-reconfirm"),
]
