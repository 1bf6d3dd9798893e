"""What keeps a supply from answering a demand at all."""

from dataclasses import replace
from datetime import date

import pytest

from matching.engine.constraints import LIMITS, exclusion
from matching.engine.segments.facets import Facets
from matching.engine.types import Exclusion, Profile
from tests.engine.cast import DEMAND, GEOGRAPHY, TODAY

OFFER = Profile(id="s", kind="offer", title="t", country="SEN")


@pytest.mark.parametrize(
    ("supply", "code", "detail"),
    [
        (replace(OFFER, closed=True, country="MLI"), "closed", ""),
        (replace(OFFER, organisation="ministry-ml", country="MLI"), "own_organisation", "ministry-ml"),
        (replace(OFFER, country="MLI"), "own_country", "MLI"),
        (replace(OFFER, eligible_countries=("KEN",)), "not_eligible", "MLI"),
        (replace(OFFER, eligible_groups=("sids",)), "not_eligible", "MLI"),
        (replace(OFFER, end_date=date(2026, 6, 30)), "window", "until 2026-06-30"),
        (replace(OFFER, start_date=date(2027, 1, 1)), "window", "from 2027-01-01"),
    ],
)
def test_excluded_with_code_and_detail(supply: Profile, code: str, detail: str) -> None:
    assert exclusion(DEMAND, supply, GEOGRAPHY, TODAY) == Exclusion("s", code, detail)


@pytest.mark.parametrize(
    "supply",
    [
        OFFER,
        replace(OFFER, eligible_countries=("MLI",)),
        replace(OFFER, eligible_countries=("KEN",), eligible_groups=("ldc",)),
        replace(OFFER, end_date=date(2026, 7, 1)),
        replace(OFFER, start_date=date(2026, 12, 31)),
        replace(OFFER, kind="solution", end_date=date(2019, 1, 1)),  # ran long ago, can be shared today
    ],
)
def test_what_may_answer(supply: Profile) -> None:
    assert exclusion(DEMAND, supply, GEOGRAPHY, TODAY) is None


def test_demand_that_says_nothing_excludes_nothing_by_itself() -> None:
    demand = Profile(id="d", kind="demand", title="t")
    assert exclusion(demand, replace(OFFER, country=None, eligible_groups=("ldc",)), GEOGRAPHY, TODAY) is None


def test_offer_that_is_over_is_excluded_even_without_a_window() -> None:
    demand = Profile(id="d", kind="demand", title="t")
    over = replace(OFFER, end_date=date(2026, 6, 29))
    assert exclusion(demand, over, GEOGRAPHY, TODAY) == Exclusion("s", "window", "until 2026-06-29")


def test_all_supplies_at_once_are_excluded_as_one_by_one() -> None:
    supplies = [
        OFFER,
        replace(OFFER, closed=True),
        replace(OFFER, country="MLI"),
        replace(OFFER, organisation="ministry-ml"),
        replace(OFFER, organisation="MLI"),
        replace(OFFER, eligible_groups=("sids",)),
        replace(OFFER, eligible_groups=("ldc",)),
        replace(OFFER, start_date=date(2027, 1, 1)),
        replace(OFFER, kind="solution", country=None, end_date=date(2019, 1, 1)),
    ]
    for demand in (DEMAND, Profile(id="d", kind="demand", title="t")):
        first = [exclusion(demand, supply, GEOGRAPHY, TODAY) for supply in supplies]
        codes: list[str | None] = [None] * len(supplies)
        facets = Facets.of(supplies)
        coded = zip(LIMITS, facets.codes[-len(LIMITS) :], facets.statements[-len(LIMITS) :], strict=True)
        for limit, row, stated in coded:
            forbidden = limit(stated, GEOGRAPHY).forbids(demand, TODAY)[row]
            found = [limit.name if forbids else None for forbids in forbidden.tolist()]
            codes = [before or now for before, now in zip(codes, found, strict=True)]
        assert codes == [excluded.code if excluded else None for excluded in first]
