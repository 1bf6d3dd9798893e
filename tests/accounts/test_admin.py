"""The desk: what curators may do with people and organisations, and what only operators may."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Membership, Organisation, User
from tests.factories import MembershipFactory, UserFactory

LISTS = ["admin:accounts_user_changelist", "admin:accounts_organisation_changelist"]


def change_page(row):
    return reverse(f"admin:accounts_{row._meta.model_name}_change", args=[row.pk])


@pytest.mark.parametrize("name", LISTS)
def test_lists_are_for_curators_only(cast, client, name):
    for person in (cast.focal_point, cast.publisher, cast.observer):
        client.force_login(person)
        assert client.get(reverse(name), follow=True).status_code == 403
    client.force_login(cast.curator)
    assert client.get(reverse(name)).context["cl"].result_count >= 5


@pytest.mark.parametrize("name", LISTS)
def test_lists_take_as_many_queries_for_three_rows_as_for_one(cast, client, name, django_assert_num_queries):
    client.force_login(cast.curator)
    queries = 10 if "user" in name else 8
    words = cast.focal_point.email if "user" in name else "ministry of agriculture"
    with django_assert_num_queries(queries):
        page = client.get(reverse(name), {"q": words})
    assert page.context["cl"].result_count == 1
    MembershipFactory.create_batch(3, organisation__verified_by=cast.curator)
    with django_assert_num_queries(queries):
        page = client.get(reverse(name))
    assert page.context["cl"].result_count >= 8


def test_an_organisations_page_takes_as_many_queries_for_three_members_as_for_one(
    cast, client, django_assert_num_queries
):
    client.force_login(cast.curator)
    client.get(change_page(cast.agency))  # Django reads the content type once for each process
    for organisation in (cast.agency, cast.ministry):
        with django_assert_num_queries(8):
            page = client.get(change_page(organisation)).content.decode()
        assert all(str(member.user) in page for member in organisation.memberships.all())


def post_members(client, organisation, *, members=(), add=None, delete=None):
    data = {name: getattr(organisation, name) or "" for name in ("name", "slug", "type", "website")}
    data |= {"country": organisation.country_id or "", "memberships-MIN_NUM_FORMS": 0}
    rows = [{"id": member.pk} | ({"DELETE": "on"} if member == delete else {}) for member in members]
    data |= {"memberships-INITIAL_FORMS": len(rows), "memberships-TOTAL_FORMS": len(rows) + (add is not None)}
    rows += [add] if add else []
    for number, row in enumerate(rows):
        data |= {f"memberships-{number}-{key}": value for key, value in row.items()}
        data[f"memberships-{number}-organisation"] = organisation.pk
    return client.post(change_page(organisation), data, follow=True)


def test_a_curator_adds_and_removes_members(cast, client):
    client.force_login(cast.curator)
    newcomer = UserFactory()
    post_members(
        client, cast.agency, members=cast.agency.memberships.all(), add={"user": newcomer.pk, "role": "observer"}
    )
    assert newcomer.roles == {cast.agency.pk: {Role.OBSERVER}}
    members = list(cast.agency.memberships.order_by("role", "pk"))
    post_members(client, cast.agency, members=members, delete=Membership.objects.get(user=newcomer))
    assert not newcomer.memberships.exists()
    assert cast.publisher.memberships.count() == 1


def test_a_curator_neither_makes_nor_unmakes_curators(cast, client):
    client.force_login(cast.curator)
    other = MembershipFactory(organisation=cast.secretariat, role=Role.CURATOR)
    page = client.get(change_page(cast.secretariat)).content.decode()
    assert '<option value="publisher">' in page
    assert '<option value="curator">' not in page
    members = list(cast.secretariat.memberships.order_by("role", "pk"))
    page = post_members(client, cast.secretariat, members=members, add={"user": other.user.pk, "role": "curator"})
    assert "Select a valid choice" in page.content.decode()
    page = post_members(client, cast.secretariat, members=members, delete=other)
    assert "Only an operator appoints and dismisses curators." in page.content.decode()
    assert Membership.objects.filter(role=Role.CURATOR).count() == 2


def test_an_operator_makes_curators(cast, client, operator):
    client.force_login(operator)
    person = UserFactory()
    post_members(
        client,
        cast.secretariat,
        members=cast.secretariat.memberships.all(),
        add={"user": person.pk, "role": "curator"},
    )
    assert person.is_staff


def test_verification_is_an_action_and_its_columns_are_read_only(cast, client):
    client.force_login(cast.curator)
    page = client.get(change_page(cast.unverified)).content.decode()
    assert 'name="slug"' in page
    assert 'name="verified_at' not in page
    assert 'name="verified_by' not in page
    chosen = {"action": "verify", "_selected_action": [cast.unverified.pk, cast.agency.pk]}
    page = client.post(reverse("admin:accounts_organisation_changelist"), chosen, follow=True).content.decode()
    assert "Unverified Association is verified." in page
    assert "Cooperation Agency is verified already." in page
    cast.unverified.refresh_from_db()
    assert cast.unverified.verified_by == cast.curator


def test_a_curator_makes_an_account_whose_owner_sets_the_password(cast, client):
    client.force_login(cast.curator)
    page = client.get(reverse("admin:accounts_user_add")).content.decode()
    assert "sets a first password" in page
    assert 'name="password' not in page
    assert 'name="is_superuser' not in page
    data = {"email": "Awa@Example.org", "name": "Awa", "language": "fr", "is_superuser": "on"}
    client.post(reverse("admin:accounts_user_add"), data)
    person = User.objects.get(email="awa@example.org")
    assert (person.name, person.language, person.is_superuser) == ("Awa", "fr", False)
    assert not person.has_usable_password()


def test_a_curator_changes_a_person_but_never_into_an_operator(cast, client):
    client.force_login(cast.curator)
    data = {"email": "new@example.org", "name": "New", "language": "fr", "is_superuser": "on"}
    client.post(change_page(cast.publisher), data)
    cast.publisher.refresh_from_db()
    assert (cast.publisher.email, cast.publisher.name, cast.publisher.language) == ("new@example.org", "New", "fr")
    assert not cast.publisher.is_superuser
    assert not cast.publisher.is_active  # the box was left empty


def test_a_curator_changes_neither_operators_nor_curators(cast, client, operator):
    other = MembershipFactory(organisation=cast.secretariat, role=Role.CURATOR).user
    client.force_login(cast.curator)
    for person in (operator, other, cast.curator):
        page = client.get(change_page(person)).content.decode()
        assert person.email in page
        for secret in ("algorithm", "../password/", person.password, 'name="email"', "is_superuser"):
            assert secret not in page, secret
        data = {"email": "stolen@example.org", "name": "", "language": "en", "is_active": "on"}
        assert client.post(change_page(person), data).status_code == 403
        password_page = reverse("admin:auth_user_password_change", args=[person.pk])
        data = {"password1": "a new secret 9", "password2": "a new secret 9", "usable_password": "true"}
        assert client.get(password_page).status_code == 403
        assert client.post(password_page, data).status_code == 403
        before = (person.email, person.password)
        person.refresh_from_db()
        assert (person.email, person.password) == before


def test_an_operator_changes_a_curator(cast, client, operator):
    client.force_login(operator)
    data = {"email": cast.curator.email, "name": "Renamed", "language": "en", "is_active": "on", "is_superuser": "on"}
    client.post(change_page(cast.curator), data)
    cast.curator.refresh_from_db()
    assert (cast.curator.name, cast.curator.is_superuser) == ("Renamed", True)


def test_nothing_is_deleted_by_curators(cast, client):
    client.force_login(cast.curator)
    for row in (cast.publisher, cast.agency):
        page = reverse(f"admin:accounts_{row._meta.model_name}_delete", args=[row.pk])
        assert client.post(page, {"post": "yes"}).status_code == 403
    assert Organisation.objects.filter(pk=cast.agency.pk).exists()


def test_people_are_filtered_by_role(cast, client):
    client.force_login(cast.curator)
    page = client.get(reverse(LISTS[0]), {"role": "publisher"})
    assert set(page.context["cl"].queryset) == {cast.publisher, cast.unverified_member}


def test_an_organisation_is_added_unverified(cast, client):
    client.force_login(cast.curator)
    data = {"name": "New Institute", "slug": "new-institute", "type": "academia", "country": "SEN", "website": ""}
    data |= {f"memberships-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL", "MIN_NUM")}
    client.post(reverse("admin:accounts_organisation_add"), data)
    assert Organisation.objects.get(slug="new-institute").verified_at is None
