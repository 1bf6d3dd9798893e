"""History of every record: what was changed, by whom; to read, never to restore."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Membership, Organisation, User
from accounts.services import add_member
from matching.models import GlossaryTerm
from solutions.enums import Kind
from solutions.models import Demand, EntryTranslation, NeedLine
from solutions.services import create_entry, update_entry
from tests.factories import NOW, PASSWORD, CountryFactory, DemandFactory, LanguageFactory, UserFactory

FORMS = dict.fromkeys(("fr", "es", "pt", "ar", "ru", "zh"), "eau")


@pytest.fixture
def desk(client, cast):
    client.force_login(cast.curator)
    return client


@pytest.fixture
def records(cast):
    """One of each sort of record that a curator may look at."""
    term = GlossaryTerm.objects.create(concept_id="water", domain="water", en="water", updated_at=NOW, **FORMS)
    demand = DemandFactory(organisation=cast.ministry)
    french = LanguageFactory(code="fr")
    translation = EntryTranslation.objects.create(entry=demand, language=french, texts={"title": "A"}, source_version=1)
    return [demand, translation, cast.ministry, cast.focal_point, term]


def test_each_record_shows_its_history_and_an_earlier_version(desk, records):
    for record in records:
        info = (record._meta.app_label, record._meta.model_name)
        assert desk.get(reverse("admin:{}_{}_history".format(*info), args=[record.pk])).status_code == 200
        version = record.history.latest()
        address = reverse("admin:{}_{}_simple_history".format(*info), args=[record.pk, version.pk])
        shown = desk.get(address)
        assert shown.status_code == 200
        assert 'type="submit" value="Revert"' not in shown.content.decode()
        assert desk.post(address, {}).status_code == 403


def test_an_earlier_version_is_not_restored_past_the_life_cycle(desk, cast):
    demand = DemandFactory(organisation=cast.ministry, state="draft")
    version = demand.history.latest()
    Demand.objects.filter(pk=demand.pk).update(state="published")
    before = Demand.objects.filter(pk=demand.pk).values().get()
    address = reverse("admin:solutions_demand_simple_history", args=[demand.pk, version.pk])
    assert desk.post(address, {"title": "Restored"}).status_code == 403
    assert Demand.objects.filter(pk=demand.pk).values().get() == before


def test_who_changed_an_organisation_is_on_record(desk, cast):
    address = reverse("admin:accounts_organisation_change", args=[cast.ministry.pk])
    inlines = {f"memberships-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    said = {"name": "Ministry of Water", "slug": "water", "type": "government", "country": "", "website": ""}
    assert desk.post(address, {**said, **inlines}).status_code == 302
    last = Organisation.history.filter(id=cast.ministry.pk).latest()
    assert (last.name, last.history_user, last.history_type) == ("Ministry of Water", cast.curator, "~")


def test_joining_and_leaving_are_on_record(cast):
    person = UserFactory()
    member = add_member(user=person, organisation=cast.ministry, role=Role.OBSERVER, by=cast.curator, at=NOW)
    key = member.pk
    member.delete()
    kinds = Membership.history.filter(id=key).order_by("history_id").values_list("history_type", "role")
    assert list(kinds) == [("+", Role.OBSERVER), ("-", Role.OBSERVER)]


def test_of_people_no_name_address_password_or_log_in_is_kept(client, db):
    person = UserFactory(email="awa@example.org", name="Awa")
    columns = {field.name for field in User.history.model._meta.get_fields()}
    assert not columns & {"email", "name", "password", "last_login"}
    before = person.history.count()
    assert client.login(username=person.email, password=PASSWORD)
    person.refresh_from_db()
    assert person.last_login
    assert person.history.count() == before
    person.is_active = False
    person.save()
    assert [version.is_active for version in person.history.all()][:2] == [False, True]
    assert person.history.count() == before + 1


def test_need_lines_are_followed_too(cast):
    def entry_with(needs):
        return {"title": "Solar pumps", "summary": "Pumps.", "language": "en", "country": "SEN", "needs": needs}

    LanguageFactory(code="en")
    CountryFactory(code="SEN")
    first, second = ({"title": title, "description": "", "modality": None} for title in ("Pumps", "Repairers"))
    demand = create_entry(
        kind=Kind.DEMAND, organisation=cast.ministry, values=entry_with([first]), by=cast.focal_point, at=NOW
    )
    update_entry(entry=demand, values={"needs": [second]}, version=demand.version, by=cast.focal_point, at=NOW)
    kinds = NeedLine.history.order_by("history_id").values_list("history_type", "title")
    assert list(kinds) == [("+", "Pumps"), ("-", "Pumps"), ("+", "Repairers")]
