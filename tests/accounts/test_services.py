"""Appointing, dismissing, verifying: who may, and what is on record afterwards."""

import pytest

from accounts import services
from accounts.enums import Role
from accounts.models import Membership
from tests.factories import NOW, UserFactory


def test_a_curator_appoints_a_member(cast):
    newcomer = UserFactory()
    assert newcomer.roles == {}
    membership = services.add_member(
        user=newcomer, organisation=cast.ministry, role=Role.OBSERVER, by=cast.curator, at=NOW
    )
    assert (membership.created_at, newcomer.roles) == (NOW, {cast.ministry.pk: {Role.OBSERVER}})


def test_nobody_else_appoints_or_dismisses(cast):
    membership = Membership.objects.get(user=cast.observer)
    for other in (cast.publisher, cast.outsider, cast.unverified_member, UserFactory(), cast.visitor):
        with pytest.raises(services.MembersNotManagedError):
            services.add_member(user=cast.observer, organisation=cast.ministry, role=Role.FOCAL_POINT, by=other, at=NOW)
        with pytest.raises(services.MembersNotManagedError):
            services.remove_member(membership=membership, by=other)
    assert list(Membership.objects.filter(user=cast.observer)) == [membership]


def test_only_an_operator_makes_and_unmakes_curators(cast):
    person, operator = UserFactory(), UserFactory(is_superuser=True)
    role = {"organisation": cast.secretariat, "role": Role.CURATOR}
    with pytest.raises(services.CuratorsNotMadeError) as refusal:
        services.add_member(user=person, **role, by=cast.curator, at=NOW)
    assert refusal.value.field == "role"
    with pytest.raises(services.CuratorsNotMadeError):
        services.remove_member(membership=Membership.objects.get(user=cast.curator), by=cast.curator)
    membership = services.add_member(user=person, **role, by=operator, at=NOW)
    assert person.is_staff
    services.remove_member(membership=membership, by=operator)
    assert not person.is_staff
    assert not person.memberships.exists()


def test_a_role_is_given_once(cast):
    cast.focal_point.refresh_from_db()
    with pytest.raises(services.AlreadyMemberError, match=r"Focal point has this role in Ministry of Agriculture"):
        services.add_member(
            user=cast.focal_point, organisation=cast.ministry, role=Role.FOCAL_POINT, by=cast.curator, at=NOW
        )
    assert cast.focal_point.memberships.count() == 1


def test_a_curator_verifies_once(cast):
    services.verify_organisation(organisation=cast.unverified, by=cast.curator, at=NOW)
    assert (cast.unverified.verified_at, cast.unverified.verified_by) == (NOW, cast.curator)
    assert cast.unverified.history.first().verified_by_id == cast.curator.pk
    with pytest.raises(services.AlreadyVerifiedError):
        services.verify_organisation(organisation=cast.unverified, by=UserFactory(is_superuser=True), at=NOW)
    assert cast.unverified.verified_by == cast.curator


def test_nobody_else_verifies(cast):
    for other in (cast.unverified_member, cast.focal_point, cast.visitor):
        with pytest.raises(services.VerificationNotAllowedError):
            services.verify_organisation(organisation=cast.unverified, by=other, at=NOW)
    cast.unverified.refresh_from_db()
    assert cast.unverified.verified_at is None
