"""Two people act on one team at the same moment: what one of them checked stays true until it is done."""

from threading import Barrier

import pytest

from accounts import services
from accounts.enums import Role
from accounts.models import Invitation, Membership, User
from core.errors import DomainError
from tests.factories import NOW, MembershipFactory, OrganisationFactory
from tests.notifications.conftest import at_once

__all__ = ["at_once"]
ROUNDS = 6


@pytest.fixture
def teams(transactional_db):
    """Organisations with two focal points each, by pairs of memberships."""
    return [MembershipFactory.create_batch(2, organisation=OrganisationFactory()) for _ in range(ROUNDS)]


def together(at_once, *workers):
    """Let every worker do each round with the others; return by round what refused whom ("" where it was done)."""
    start = Barrier(len(workers))

    def rounds(work):
        told = []
        for number in range(ROUNDS):
            start.wait(30)
            try:
                work(number)
            except DomainError as refusal:
                told.append(refusal.code)
            else:
                told.append("")
        return told

    outcomes = at_once(*[lambda work=work: rounds(work) for work in workers])
    return [sorted(round_) for round_ in zip(*outcomes, strict=True)]


def test_of_the_last_two_managers_one_stays(teams, at_once):
    def leave(place):
        return lambda number: services.remove_member(membership=teams[number][place], by=teams[number][place].user)

    assert together(at_once, leave(0), leave(1)) == [["", "last_manager"]] * ROUNDS
    assert at_once(Membership.objects.count) == [ROUNDS]


def test_the_same_invitation_sent_twice_is_made_once(teams, at_once):
    def invite(number):
        by = teams[number][0]
        said = {"email": "awa@example.org", "role": Role.OBSERVER, "language": "en", "at": NOW}
        services.invite(organisation=by.organisation, by=by.user, **said)

    assert together(at_once, invite, invite) == [["", "invited_already"]] * ROUNDS
    assert at_once(Invitation.objects.count) == [ROUNDS]


def test_an_account_asked_for_twice_is_made_once(teams, at_once):
    def invite():
        said = {"role": Role.OBSERVER, "language": "en", "at": NOW}
        return [
            services.invite(organisation=one.organisation, email=f"{one.pk}@example.org", by=one.user, **said).pk
            for one, _other in teams
        ]

    [invited] = at_once(invite)

    def accept(number):
        found = Invitation.objects.select_related("organisation").get(pk=invited[number])
        services.accept_as_newcomer(invitation=found, name="Awa", language="en", password="nine new words 9", at=NOW)

    assert together(at_once, accept, accept) == [["", "invitation_closed"]] * ROUNDS
    assert at_once(User.objects.filter(name="Awa").count) == [ROUNDS]
