"""The two commands: what they print, and what they say to a wrong name."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from matching.models import Match
from matching.services.ranking import rank_everything
from solutions.models import Entry
from tests.factories import NOW


def run(*arguments, **options):
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def explain(demand, supply, **options):
    return run("explain_match", demand, supply, **options)


def test_the_whole_catalogue_is_ranked(catalogue):
    assert re.fullmatch(
        r"1 demands against 3 supplies in \d+\.\d s: 2 new, 0 moved, 0 gone\.\n", run("refresh_matches")
    )
    assert Match.objects.count() == 2


def test_one_demand_is_ranked(catalogue):
    Entry.objects.filter(pk=catalogue.demand.pk).update(source_id="D-1")
    assert "2 new" in run("refresh_matches", "--demand", catalogue.demand.public_id)
    assert "0 new" in run("refresh_matches", "--demand", "D-1")


def test_a_name_that_is_no_demand_is_refused(catalogue):
    for name in ("nothing", catalogue.pumps.public_id):
        with pytest.raises(CommandError, match=f"No demand is called '{name}'"):
            run("refresh_matches", "--demand", name)


def test_the_printed_points_add_up_to_the_score_on_record(catalogue):
    rank_everything(at=NOW)
    match = Match.objects.get(supply=catalogue.pumps)
    Entry.objects.filter(pk=catalogue.pumps.pk).update(source_id="S-1")
    text = explain(catalogue.demand.public_id, "S-1")
    verdict = float(re.search(r"match: ([\d.]+) of 100 points", text)[1])
    points = [float(found) for found in re.findall(r": ([\d.]+) of [\d.]+ points \(", text)]
    assert len(points) == len(match.explanation["reasons"])
    assert sum(points) == pytest.approx(verdict, abs=0.05 * (len(points) + 1))
    assert verdict == pytest.approx(100 * match.score, abs=1.0)  # freshness falls from day to day
    assert "Solar pumps = Pompes solaires" in text


def test_a_pair_that_is_excluded_says_why(catalogue, cast):
    Entry.objects.filter(pk=catalogue.pumps.pk).update(organisation=cast.ministry)
    assert "Excluded because it comes from the organisation that asks." in explain(
        catalogue.demand.public_id, catalogue.pumps.public_id
    )
    Entry.objects.filter(pk=catalogue.pumps.pk).update(state="archived")
    assert "Excluded because it is closed." in explain(catalogue.demand.public_id, catalogue.pumps.public_id)


def test_wrong_names_and_wrong_kinds_are_refused(catalogue):
    demand, pumps = catalogue.demand.public_id, catalogue.pumps.public_id
    with pytest.raises(CommandError, match="Nothing is called 'nobody'"):
        explain("nobody", pumps)
    with pytest.raises(CommandError, match="The first entry is not a published demand"):
        explain(pumps, demand)
    with pytest.raises(CommandError, match="The second entry is a demand"):
        explain(demand, demand)
    with pytest.raises(CommandError, match="invalid choice: 'xx'"):
        run("explain_match", demand, pumps, "--language", "xx")
