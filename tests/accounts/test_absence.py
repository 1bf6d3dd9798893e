"""Who is away names a colleague, who hears and acts meanwhile, and no longer."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Membership, User
from accounts.queries import speakers_of
from accounts.rules import may
from accounts.services import BadAbsenceError, MembersNotManagedError, change_role, remove_member, set_absence
from tests.factories import NOW, MembershipFactory

FIRST, LAST = date(2026, 11, 9), date(2026, 11, 20)
AWAY = {"away_from": FIRST, "away_until": LAST}


@pytest.fixture
def membership(cast):
    return Membership.objects.get(user=cast.focal_point)


@pytest.mark.parametrize(("day", "held"), [(-1, False), (0, True), (11, True), (12, False)])
def test_a_deputy_holds_the_role_from_the_first_to_the_last_day(cast, membership, day, held):
    set_absence(membership=membership, deputy=cast.observer, by=cast.focal_point, **AWAY)
    today = FIRST + timedelta(days=day)
    speakers = speakers_of(cast.ministry.pk, "match.choose", on=today)
    assert set(speakers) == {cast.focal_point, cast.colleague} | ({cast.observer} if held else set())
    with time_machine.travel(today):
        assert may(User.objects.get(pk=cast.observer.pk), "match.choose", cast.ministry) is held
        assert may(User.objects.get(pk=cast.focal_point.pk), "match.choose", cast.ministry)


def test_without_days_the_absence_is_over(cast, membership):
    set_absence(membership=membership, deputy=cast.observer, by=cast.focal_point, **AWAY)
    set_absence(membership=membership, away_from=None, away_until=None, deputy=cast.observer, by=cast.focal_point)
    assert (membership.away_from, membership.away_until, membership.deputy) == (None, None, None)
    assert cast.observer not in speakers_of(cast.ministry.pk, "match.choose", on=FIRST)


def test_absences_are_in_the_history(cast, membership):
    set_absence(membership=membership, deputy=cast.observer, by=cast.focal_point, **AWAY)
    latest = membership.history.first()
    assert (latest.away_from, latest.away_until, latest.deputy_id) == (FIRST, LAST, cast.observer.pk)


def test_who_leaves_the_organisation_stands_in_for_nobody_there(cast, membership):
    set_absence(membership=membership, deputy=cast.observer, by=cast.focal_point, **AWAY)
    stands_in = Membership.objects.get(user=cast.observer)
    stands_in = change_role(membership=stands_in, role=Role.FOCAL_POINT, by=cast.colleague, at=NOW)
    membership.refresh_from_db()
    assert membership.deputy == cast.observer  # another role, but still a colleague
    remove_member(membership=stands_in, by=cast.colleague)
    with time_machine.travel(FIRST):
        assert User.objects.get(pk=cast.observer.pk).roles == {}
    assert cast.observer not in speakers_of(cast.ministry.pk, "match.choose", on=FIRST)
    assert membership.history.first().deputy is None


@pytest.mark.parametrize("person", ["colleague", "observer", "publisher", "outsider"])
def test_only_oneself_and_curators_note_an_absence(cast, membership, person):
    with pytest.raises(MembersNotManagedError):
        set_absence(membership=membership, deputy=None, by=getattr(cast, person), **AWAY)
    set_absence(membership=membership, deputy=None, by=cast.curator, **AWAY)
    assert membership.away_from == FIRST


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"away_from": None}, "away_until"),
        ({"away_until": None}, "away_until"),
        ({"away_until": FIRST - timedelta(days=1)}, "away_until"),
        ({"deputy": "outsider"}, "deputy"),
        ({"deputy": "focal_point"}, "deputy"),
    ],
)
def test_half_an_absence_and_strangers_as_deputies_are_refused(cast, membership, change, field):
    said = {**AWAY, "deputy": None, **change}
    said["deputy"] = getattr(cast, said["deputy"]) if said["deputy"] else None
    with pytest.raises(BadAbsenceError) as wrong:
        set_absence(membership=membership, by=cast.focal_point, **said)
    assert wrong.value.field == field
    assert Membership.objects.get(pk=membership.pk).away_from is None


def test_nobody_stands_in_for_a_curator(cast):
    colleague = MembershipFactory(role=Role.OBSERVER, organisation=cast.secretariat).user
    held = Membership.objects.get(user=cast.curator)
    with pytest.raises(BadAbsenceError):
        set_absence(membership=held, deputy=colleague, by=cast.curator, **AWAY)


def test_the_page_notes_an_absence_and_says_what_is_wrong(client, cast, membership):
    url = reverse("absence")
    assert client.get(url).status_code == 302
    client.force_login(cast.focal_point)
    page = client.get(url).content.decode()
    assert (
        page.count('<form method="post" novalidate>') == page.count(f'name="membership" value="{membership.pk}"') == 1
    )
    said = {
        "membership": membership.pk,
        "away_from": "2026-11-09",
        "away_until": "2026-11-20",
        "deputy": cast.observer.pk,
    }
    wrong = client.post(url, {**said, "away_until": "2026-11-08"})
    assert (wrong.status_code, "The last day is before the first." in wrong.content.decode()) == (400, True)
    assert client.post(url, {**said, "deputy": cast.outsider.pk}).status_code == 400
    assert client.post(url, said).headers["Location"] == url
    membership.refresh_from_db()
    assert (membership.away_from, membership.away_until, membership.deputy) == (FIRST, LAST, cast.observer)
    assert 'value="2026-11-09"' in client.get(url).content.decode()


@pytest.mark.parametrize("key", ["", "x", "0", "9" * 30, pytest.param("9" * 5000, id="endless")])
def test_another_person_s_membership_is_not_found(client, cast, key):
    client.force_login(cast.colleague)
    foreign = Membership.objects.get(user=cast.focal_point)
    for membership in (key, foreign.pk):
        said = {"membership": membership, "away_from": "2026-11-09", "away_until": "2026-11-20"}
        assert client.post(reverse("absence"), said).status_code == 404
    assert Membership.objects.get(pk=foreign.pk).away_from is None
