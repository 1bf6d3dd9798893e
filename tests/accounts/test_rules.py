"""Role x permission x own or other organisation, in full, against a table written out by hand."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.enums import Role
from accounts.rules import DESK, PERMISSIONS, may
from tests.factories import MembershipFactory, OrganisationFactory, SolutionFactory, UserFactory

# o: in one's own organisation only; e: everywhere; -: nowhere.
BY_HAND = """
                         focal_point publisher curator observer
entry.create_demand      o           -         -       -
entry.edit_demand        o           -         e       -
entry.submit_demand      o           -         -       -
entry.create_supply      -           o         e       -
entry.edit_supply        -           o         e       -
entry.submit_supply      -           o         e       -
entry.moderate           -           -         e       -
match.view               o           o         e       o
match.curate             -           -         e       -
match.choose             o           -         -       -
match.provide            o           o         -       -
organisation.describe    o           o         e       -
organisation.edit        -           -         e       -
organisation.verify      -           -         e       -
members.view             o           o         e       o
members.manage           o           o         e       -
members.make_curator     -           -         -       -
user.edit                -           -         e       -
outbox.manage            -           -         e       -
webhook.manage           o           o         e       -
reference.view           -           -         e       -
"""
HEAD, *ROWS = (line.split() for line in BY_HAND.strip().splitlines())
CELLS = [(Role(role), row[0], mark) for row in ROWS for role, mark in zip(HEAD, row[1:], strict=True)]


def test_the_table_by_hand_is_whole():
    assert {row[0] for row in ROWS} == set(PERMISSIONS)
    assert {role for role, _, _ in CELLS} == set(Role)


@pytest.mark.parametrize("place", ["own", "other", "any"])
@pytest.mark.parametrize(("role", "permission", "mark"), CELLS)
def test_every_cell(db, role, permission, mark, place):
    membership = MembershipFactory(role=role)
    organisation = {"own": membership.organisation, "other": OrganisationFactory(), "any": None}[place]
    expected = {"-": False, "o": place != "other", "e": True}[mark]
    assert may(membership.user, permission, organisation) is expected


@pytest.mark.parametrize("permission", sorted(PERMISSIONS))
def test_operators_may_everything_visitors_and_the_inactive_nothing(cast, permission):
    operator = UserFactory(is_superuser=True)
    gone = [MembershipFactory(role=role, organisation=cast.ministry, user__is_active=False).user for role in Role]
    gone.append(UserFactory(is_superuser=True, is_active=False))
    for organisation in (cast.ministry, cast.other, None):
        assert may(operator, permission, organisation)
        assert not may(AnonymousUser(), permission, organisation)
        assert [may(person, permission, organisation) for person in gone] == [False] * len(gone)


def test_roles_in_two_organisations_do_not_mix(cast):
    MembershipFactory(user=cast.focal_point, organisation=cast.agency, role=Role.PUBLISHER)
    assert may(cast.focal_point, "entry.create_demand", cast.ministry)
    assert not may(cast.focal_point, "entry.create_demand", cast.agency)
    assert may(cast.focal_point, "entry.create_supply", cast.agency)
    assert not may(cast.focal_point, "entry.create_supply", cast.ministry)


def test_an_unknown_permission_is_an_error(cast):
    with pytest.raises(KeyError):
        may(cast.visitor, "entry.explode")


def test_django_asks_the_same_table(cast):
    solution = SolutionFactory(organisation=cast.agency)
    assert cast.publisher.has_perm("solutions.change_solution", solution)
    assert not cast.outsider.has_perm("solutions.change_solution", solution)
    assert cast.curator.has_perm("solutions.change_solution", solution)
    assert not cast.visitor.has_perm("solutions.change_solution", solution)
    assert not cast.curator.has_perm("solutions.delete_solution", solution)
    assert not cast.curator.has_perm("auth.add_group")


def test_the_desk_is_open_to_curators_only(cast):
    people = {name: who for name, who in vars(cast).items() if hasattr(who, "has_module_perms")}
    for app in ("accounts", "notifications", "solutions", "matching", "taxonomy"):
        assert [name for name, who in people.items() if who.has_module_perms(app)] == ["curator"]


def test_models_without_an_organisation_ask_for_curators_permissions():
    of_an_organisation = ("solutions.solution", "solutions.offer", "solutions.demand", "accounts.membership")
    asked = {
        permission for model, row in DESK.items() if model not in of_an_organisation for permission in row.values()
    }
    assert {role for permission in asked for role in PERMISSIONS[permission]} == {Role.CURATOR}
