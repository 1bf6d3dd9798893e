"""Candidates side by side, for those whose demand it is."""

import pytest
from django.urls import reverse
from django.utils import timezone

from matching.models import Match
from matching.services.ranking import rank_everything
from tests.factories import DemandFactory, SolutionFactory


@pytest.fixture
def demand(cast):
    demand = DemandFactory(organisation=cast.ministry, title="Solar pumps for village gardens")
    for number in range(5):
        SolutionFactory(organisation=cast.agency, title=f"Solar pumps {number} for gardens of villages")
    rank_everything(at=timezone.now())
    assert Match.objects.open().filter(demand=demand).count() == 5
    return demand


def compare(demand, matches):
    return reverse("demand-compare", args=[demand.public_id]), {"match": [match.public_id for match in matches]}


def test_up_to_four_are_compared_with_their_whole_sums(client, cast, demand, django_assert_num_queries):
    client.force_login(cast.focal_point)
    matches = list(Match.objects.filter(demand=demand).order_by("rank"))
    counts = []
    for some in (matches[:2], matches):
        with django_assert_num_queries(20) as queries:
            shown = client.get(*compare(demand, some)).context["comparison"]
        counts.append(len(queries))
        assert [one.match for one in shown.candidates] == some[:4]
        for one, place in zip(shown.candidates, range(4), strict=False):
            lines = [lines[place] for _name, lines in shown.reasons if lines[place]]
            assert sum(line.points for line in lines) == pytest.approx(100 * one.match.score)
    assert counts[0] == counts[1]


def test_none_or_those_of_other_demands_lead_back_to_the_list(client, cast, demand):
    client.force_login(cast.focal_point)
    other = DemandFactory(organisation=cast.other, title="Solar pumps for village gardens elsewhere")
    rank_everything(at=timezone.now())
    foreign = list(Match.objects.filter(demand=other)[:2])
    for some in ([], foreign):
        assert client.get(*compare(demand, some)).url == reverse("demand-matches", args=[demand.public_id])


@pytest.mark.parametrize(
    ("person", "status"),
    [("focal_point", 200), ("observer", 200), ("curator", 200), ("publisher", 404), ("outsider", 404)],
)
def test_only_those_whose_demand_it_is_compare(client, cast, demand, person, status):
    client.force_login(getattr(cast, person))
    assert client.get(*compare(demand, Match.objects.filter(demand=demand)[:2])).status_code == status
