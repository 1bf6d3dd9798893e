"""The team of an organisation: who sees and changes it, and that somebody stays who can."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.enums import Role
from accounts.models import Invitation, Membership, User
from notifications.models import Email
from tests.factories import NOW, MembershipFactory, UserFactory

PEOPLE = ["focal_point", "colleague", "observer", "publisher", "outsider", "unverified_member", "curator", "operator"]


@pytest.fixture
def people(cast):
    cast.operator = UserFactory(is_superuser=True)
    return cast


def of(person, organisation=None):
    found = Membership.objects.filter(user=person)
    return (found.filter(organisation=organisation) if organisation else found).get()


def roles(person):
    return User.objects.get(pk=person.pk).roles


def team(organisation):
    return reverse("team", args=[organisation.slug])


# What each may do with the membership of the person on top, on the ministry's team: r(emove), c(hange).
MAY = """
                   focal_point observer
focal_point        rc          rc
colleague          rc          rc
observer           -           r
publisher          -           -
outsider           -           -
unverified_member  -           -
curator            rc          rc
operator           rc          rc
"""
HEAD, *ROWS = (line.split() for line in MAY.strip().splitlines())
CELLS = [(row[0], whom, acts) for row in ROWS for whom, acts in zip(HEAD, row[1:], strict=True)]


@pytest.mark.parametrize(("who", "whom", "acts"), CELLS)
def test_who_removes_and_changes_whom(people, who, whom, acts):
    by, membership = getattr(people, who), of(getattr(people, whom))
    other = Role.OBSERVER if whom == "focal_point" else Role.FOCAL_POINT
    if "c" in acts:
        changed = services.change_role(membership=membership, role=other, by=by, at=NOW)
        assert roles(changed.user) == {people.ministry.pk: {other}}
        services.change_role(membership=changed, role=Role(whom), by=people.operator, at=NOW)
    else:
        with pytest.raises(services.MembersNotManagedError):
            services.change_role(membership=membership, role=other, by=by, at=NOW)
    membership = of(getattr(people, whom))
    if "r" in acts:
        services.remove_member(membership=membership, by=by)
        assert roles(membership.user) == {}
    else:
        with pytest.raises(services.MembersNotManagedError):
            services.remove_member(membership=membership, by=by)
        assert of(getattr(people, whom)) == membership


@pytest.mark.parametrize("who", PEOPLE)
def test_a_role_is_handed_over_by_its_holder_alone(people, who):
    membership = of(people.focal_point)
    if who != "focal_point":
        with pytest.raises(services.MembersNotManagedError):
            services.hand_over(membership=membership, to=people.observer, by=getattr(people, who), at=NOW)
        return
    services.hand_over(membership=membership, to=people.observer, by=people.focal_point, at=NOW)
    assert roles(people.focal_point) == {}
    assert roles(people.observer) == {people.ministry.pk: {Role.FOCAL_POINT, Role.OBSERVER}}
    [letter] = Email.objects.all()
    assert letter.recipient == people.observer
    assert "Focal point, Observer" in letter.text


def test_a_role_goes_to_a_colleague_and_an_observer_s_to_nobody(cast):
    with pytest.raises(services.NotColleagueError) as refusal:
        services.hand_over(membership=of(cast.focal_point), to=cast.outsider, by=cast.focal_point, at=NOW)
    assert refusal.value.field == "to"
    with pytest.raises(services.MembersNotManagedError):
        services.hand_over(membership=of(cast.observer), to=cast.focal_point, by=cast.observer, at=NOW)
    assert of(cast.focal_point).role == Role.FOCAL_POINT


def test_somebody_who_can_bring_in_people_stays(cast):
    services.remove_member(membership=of(cast.colleague), by=cast.focal_point)
    last = of(cast.focal_point)
    for act, more in ((services.remove_member, {}), (services.change_role, {"role": Role.OBSERVER, "at": NOW})):
        with pytest.raises(services.LastManagerError):
            act(membership=last, by=cast.focal_point, **more)
    assert of(cast.focal_point).role == Role.FOCAL_POINT
    services.remove_member(membership=last, by=cast.curator)


def test_nobody_changes_a_curator_but_operators(people):
    membership = of(people.curator)
    for by in (people.curator, people.focal_point):
        with pytest.raises(services.CuratorsNotMadeError):
            services.remove_member(membership=membership, by=by)
        with pytest.raises((services.CuratorsNotMadeError, services.MembersNotManagedError)):
            services.change_role(membership=membership, role=Role.OBSERVER, by=by, at=NOW)
    services.remove_member(membership=membership, by=people.operator)


def test_who_is_removed_or_changed_is_told_in_their_language(cast):
    User.objects.filter(pk=cast.observer.pk).update(language="fr")
    services.change_role(membership=of(cast.observer), role=Role.FOCAL_POINT, by=cast.focal_point, at=NOW)
    services.remove_member(membership=of(cast.observer), by=cast.focal_point)
    first, second = Email.objects.order_by("pk")
    assert (first.recipient, first.language, "Point focal" in first.text) == (cast.observer, "fr", True)
    assert second.recipient == cast.observer
    services.remove_member(membership=of(cast.focal_point), by=cast.focal_point)
    assert Email.objects.count() == 2  # who did it knows


@pytest.mark.parametrize(
    ("who", "seen"),
    [(who, who in ("focal_point", "colleague", "observer", "curator", "operator")) for who in PEOPLE],
)
def test_members_and_curators_see_the_team(client, people, who, seen):
    client.force_login(getattr(people, who))
    page = client.get(team(people.ministry))
    assert page.status_code == (200 if seen else 404)
    if seen:
        assert people.colleague.email in page.content.decode()
        assert (page.context["form"] is None) is (who == "observer")


@pytest.mark.parametrize(("until", "shown"), [(-1, False), (0, True), (9, True)])
def test_an_absence_is_shown_until_it_is_over(client, cast, until, shown):
    today = timezone.localdate()
    days = {"away_from": today - timedelta(days=3), "away_until": today + timedelta(days=until)}
    services.set_absence(membership=of(cast.colleague), deputy=cast.observer, by=cast.colleague, **days)
    client.force_login(cast.focal_point)
    page = client.get(team(cast.ministry)).content.decode()
    assert ("Away: " in page, "Deputy: Observer" in page) == (shown, shown)


def test_visitors_are_asked_to_log_in(client, cast):
    pages = [team(cast.ministry), reverse("organisation-describe", args=[cast.ministry.slug])]
    pages.append(reverse("team-member", args=[cast.ministry.slug, of(cast.observer).pk]))
    for page in pages:
        assert client.get(page).headers["Location"].startswith(reverse("account_login"))


def test_the_page_invites(client, cast):
    client.force_login(cast.focal_point)
    said = {"email": "awa@example.org", "role": "observer", "language": "fr"}
    for field, wrong in (("email", "no address"), ("role", "publisher"), ("role", "curator"), ("language", "xx")):
        page = client.post(team(cast.ministry), said | {field: wrong})
        assert list(page.context["form"].errors) == [field]
        assert wrong == page.context["form"][field].value()
    assert client.post(team(cast.ministry), said).status_code == 302
    assert client.post(team(cast.ministry), said).context["form"].errors["email"]
    assert Invitation.objects.get().invited_by == cast.focal_point
    client.force_login(cast.observer)
    assert client.post(team(cast.ministry), said).status_code == 404


def test_a_page_takes_as_many_queries_for_three_rows_as_for_one(client, cast, django_assert_num_queries):
    client.force_login(cast.publisher)
    services.invite(
        organisation=cast.agency, email="a@example.org", role=Role.OBSERVER, language="en", by=cast.publisher, at=NOW
    )
    with django_assert_num_queries(10):
        client.get(team(cast.agency))
    MembershipFactory.create_batch(2, organisation=cast.agency, role=Role.PUBLISHER, deputy=cast.publisher,
                                   away_from=NOW.date(), away_until=NOW.date() + timedelta(days=1))  # fmt: skip
    for name in "bc":
        services.invite(organisation=cast.agency, email=f"{name}@example.org", role=Role.OBSERVER, language="en",
                        by=cast.publisher, at=NOW)  # fmt: skip
    with django_assert_num_queries(10):
        page = client.get(team(cast.agency))
    assert (len(page.context["page"]), len(page.context["invited"])) == (3, 3)


def test_the_member_page_offers_what_may_be_done_and_does_it(client, cast):
    client.force_login(cast.focal_point)
    own = reverse("team-member", args=[cast.ministry.slug, of(cast.focal_point).pk])
    page = client.get(own)
    assert [page.context[name] is not None for name in ("role_form", "hand_form")] == [True, True]
    assert client.post(own, {"act": "hand_over", "to": cast.outsider.pk}).status_code == 200
    assert client.post(own, {"act": "dance"}).status_code == 200
    theirs = reverse("team-member", args=[cast.ministry.slug, of(cast.observer).pk])
    assert client.get(theirs).context["hand_form"] is None
    assert client.post(theirs, {"act": "hand_over", "to": cast.colleague.pk}).status_code == 200
    assert client.post(theirs, {"act": "change", "role": "publisher"}).status_code == 200
    assert client.post(theirs, {"act": "change", "role": "focal_point"}).status_code == 302
    assert roles(cast.observer) == {cast.ministry.pk: {Role.FOCAL_POINT}}
    theirs = reverse("team-member", args=[cast.ministry.slug, of(cast.observer).pk])
    assert client.post(theirs, {"act": "remove"}).status_code == 302
    assert roles(cast.observer) == {}
    assert client.post(own, {"act": "hand_over", "to": cast.colleague.pk}).headers["Location"] == reverse(
        "account-profile"
    )
    assert roles(cast.focal_point) == {}


@pytest.mark.parametrize(
    ("who", "status"), [("observer", 404), ("publisher", 404), ("outsider", 404), ("curator", 200)]
)
def test_the_member_page_of_others_is_for_those_who_may(client, cast, who, status):
    client.force_login(getattr(cast, who))
    page = reverse("team-member", args=[cast.ministry.slug, of(cast.focal_point).pk])
    assert client.get(page).status_code == status
    assert client.post(page, {"act": "remove"}).status_code == (302 if status == 200 else 404)
    assert bool(roles(cast.focal_point)) is (status == 404)


def test_a_membership_of_another_organisation_is_not_found(client, cast):
    client.force_login(cast.publisher)
    page = reverse("team-member", args=[cast.agency.slug, of(cast.observer).pk])
    assert client.post(page, {"act": "remove"}).status_code == 404
    assert roles(cast.observer)


@pytest.mark.parametrize("who", PEOPLE)
def test_who_says_what_an_organisation_is(client, people, who):
    client.force_login(getattr(people, who))
    page = reverse("organisation-describe", args=[people.ministry.slug])
    said = {"description": "We advise growers.\n\nSince 1960.", "website": "ministry.example.org"}
    allowed = who in ("focal_point", "colleague", "curator", "operator")
    assert client.get(page).status_code == (200 if allowed else 404)
    assert client.post(page, said).status_code == (302 if allowed else 404)
    people.ministry.refresh_from_db()
    assert people.ministry.description == (said["description"] if allowed else "")
    if allowed:
        assert people.ministry.website == "https://ministry.example.org"
        for shown in (team(people.ministry), reverse("organisation-page", args=[people.ministry.slug])):
            assert "<p>Since 1960.</p>" in client.get(shown).content.decode()
        wrong = client.post(page, {"description": "x" * 3001, "website": "no address"})
        assert set(wrong.context["form"].errors) == {"description", "website"}
    else:
        with pytest.raises(services.OrganisationNotDescribedError):
            services.describe_organisation(
                organisation=people.ministry, description="x", website="", by=getattr(people, who)
            )
