"""Every page of the curators' desk: lists, forms, histories, the desk's own pages and what its actions ask."""

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from matching.admin.decisions import DECISIONS
from matching.models import GlossaryTerm, KeptProfile, Match, PartnerUse, RankingRun, WeightsVersion
from matching.services.ranking import rank_everything
from notifications.models import Bounce
from taxonomy.models import CountryGroup, Sector
from tests.e2e.looking import LANGUAGES, Looker, expect_no_faults
from tests.factories import MembershipFactory, UserFactory


@pytest.fixture
def desk(site, language):
    """The site's world with a row of everything that the desk lists, and somebody who may do everything there."""
    at = timezone.now()
    rank_everything(at=at)
    site.operator = UserFactory(is_superuser=True, language=language)
    MembershipFactory(user=site.operator, organisation=site.cast.secretariat, role=Role.CURATOR)
    Sector.objects.create(code="water", names={"en": "Water"})
    CountryGroup.objects.create(code="ldc", names={"en": "Group"})
    token = {"name": "A partner", "token_id": "t", "user": site.person}
    PartnerUse.objects.create(day=at.date(), calls=1, **token)
    KeptProfile.objects.create(entry=site.demand, reference="7", consent="Yes.", at=at, **token)
    WeightsVersion.objects.create(
        weights={"text": 1.0}, calibration={"decisions": 40}, report={}, created_at=at, withdrawn_at=at
    )
    forms = dict.fromkeys(("en", "fr", "es", "pt", "ar", "ru", "zh"), "pumps")
    GlossaryTerm.objects.create(concept_id="pumps", domain="water", updated_by=site.operator, updated_at=at, **forms)
    Bounce.objects.create(recipient=site.person, address=site.person.email, reason="550", bounced_at=at)
    RankingRun.objects.filter(pk=RankingRun.objects.latest("pk").pk).update(state="failed", error="Nothing")
    return site


def lists_and_forms(request):
    """Name the list, the form for a new row, and the form of a row of every model, as far as there are any."""
    for model, desk in admin.site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        yield f"{name}-list", reverse(f"admin:{name}_changelist")
        if desk.has_add_permission(request):
            yield f"{name}-add", reverse(f"admin:{name}_add")
        row = model._default_manager.order_by("pk").last()
        assert row, name
        yield f"{name}-change", reverse(f"admin:{name}_change", args=[row.pk])


def pages_of_the_desk(site):
    first = Match.objects.filter(demand=site.gardens).order_by("rank")[0]
    pair = reverse("admin:matching_pair")
    return {
        "index": reverse("admin:index"),
        "queue": reverse("admin:matching_queue"),
        "overview": reverse("admin:matching_overview"),
        "pair": pair,
        "pair-known": f"{pair}?demand={site.gardens.pk}&supply={first.supply_id}",
        "pair-new": f"{pair}?demand={site.gardens.pk}&supply={site.offer_to_edit.pk}",
        "import": reverse("admin:solutions_demand_import"),
    }


def pages_with_words_of_the_software(site):
    """The desk's pages that also show codes, shipped terms, or names that stand in no catalogue."""
    first, second = Match.objects.filter(demand=site.gardens).order_by("rank")[:2]
    runs = RankingRun.objects.order_by("pk")[:2]
    return {
        "matches-of-one": f"{reverse('admin:matching_match_changelist')}?demand={site.gardens.public_id}",
        "match": reverse("admin:matching_match_change", args=[site.match.pk]),
        "compare": f"{reverse('admin:matching_compare')}?match={first.pk}&match={second.pk}",
        "runs": f"{reverse('admin:matching_compare_runs')}?run={runs[0].pk}&run={runs[1].pk}",
        "terms": f"{reverse('admin:matching_glossaryterm_changelist')}?q=water",
        "term-shipped": reverse("admin:matching_concept", args=["water-management"]),
    }


def other_pages(site):
    """Histories of both kinds, a past version, and what the admin has of its own."""
    past, translated = site.gardens.history.first(), site.solution.translations.first()
    return {
        "history": reverse("admin:solutions_demand_history", args=[site.gardens.pk]),
        "history-version": reverse("admin:solutions_demand_simple_history", args=[site.gardens.pk, past.pk]),
        "history-organisation": reverse("admin:accounts_organisation_history", args=[site.cast.ministry.pk]),
        "history-translation": reverse("admin:solutions_entrytranslation_history", args=[translated.pk]),
        "history-plain": reverse("admin:solutions_collection_history", args=[site.collection.pk]),
        "delete": reverse("admin:solutions_collection_delete", args=[site.collection.pk]),
        "password-of-another": reverse("admin:auth_user_password_change", args=[site.person.pk]),
        "app": reverse("admin:app_list", args=["matching"]),
    }  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_desk_is_accessible_and_speaks_its_reader_s_language(open_page, desk, language, rf):
    page = open_page(locale=language)
    # The admin imports style sheets in style sheets; axe would fetch them anew, which the content policy refuses.
    wide = Looker(page, language, widths=(1280,), preload=False, reads=False)
    both = Looker(page, language, preload=False, reads=False)
    own = Looker(page, language, preload=False)
    wide.log_in(desk.operator)
    request = rf.get("/")
    request.user = desk.operator
    for name, address in (*lists_and_forms(request), *other_pages(desk).items()):
        wide.open(f"admin-{name}", address)
    for name, address in pages_with_words_of_the_software(desk).items():
        both.open(f"desk-{name}", address)
    for name, address in pages_of_the_desk(desk).items():
        own.open(f"desk-{name}", address)
    for decision in DECISIONS:
        page.goto(reverse("admin:matching_match_changelist"))
        page.check(f"[name=_selected_action][value='{desk.match.pk}']")
        own.send(f"desk-{decision}", {"action": decision}, form="#changelist-form", button="[name=index]")
    expect_no_faults(wide, both, own)
