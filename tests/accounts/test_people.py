"""Who sees whom, and who is to be told."""

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import Role
from accounts.models import Organisation, User
from accounts.queries import people_of
from tests.factories import NOW, MembershipFactory, UserFactory


def test_people_see_themselves_and_colleagues_curators_everyone(cast):
    of_the_ministry = {cast.focal_point, cast.colleague, cast.observer}
    for member in of_the_ministry:
        assert set(User.objects.visible_to(member)) == of_the_ministry
    assert set(User.objects.visible_to(cast.publisher)) == {cast.publisher}
    loner = UserFactory()
    assert set(User.objects.visible_to(loner)) == {loner}
    assert set(User.objects.visible_to(cast.curator)) == set(User.objects.all())
    assert not User.objects.visible_to(cast.visitor).exists()


def test_organisations_are_seen_when_verified_or_ones_own(cast):
    everything = set(Organisation.objects.all())
    assert set(Organisation.objects.visible_to(cast.curator)) == everything
    assert set(Organisation.objects.visible_to(cast.unverified_member)) == everything
    for other in (cast.visitor, cast.focal_point, cast.publisher):
        assert set(Organisation.objects.visible_to(other)) == everything - {cast.unverified}


def test_those_to_tell_are_active_and_named_once(cast):
    MembershipFactory(user=cast.focal_point, organisation=cast.ministry, role=Role.OBSERVER)
    MembershipFactory(organisation=cast.ministry, role=Role.FOCAL_POINT, user__is_active=False)
    assert list(people_of(cast.ministry.pk, Role.FOCAL_POINT)) == [cast.focal_point, cast.colleague]
    assert list(people_of(cast.agency.pk, Role.PUBLISHER)) == [cast.publisher]
    assert list(people_of(cast.agency.pk, Role.FOCAL_POINT)) == []


def test_one_address_is_one_person_whatever_the_case(db):
    created = User.objects.create_user("Awa.Diop@Example.org", "a password")
    assert created.email == "awa.diop@example.org"
    assert User.objects.get_by_natural_key("AWA.DIOP@example.org") == created
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(email="AWA.diop@example.org")
    with pytest.raises(ValueError, match="needs an e-mail"):
        User.objects.create_user("")


def test_a_row_of_the_cast_was_verified_at_its_time(cast):
    assert cast.ministry.is_verified(at=NOW)
    assert not cast.unverified.is_verified(at=NOW)
