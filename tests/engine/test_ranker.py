"""Ranking: reasons add up, order does not depend on input order, constraints come first, twins do not fill a page."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.ranker import Ranker
from matching.engine.types import Config, Exclusion, Hit, Profile
from tests.engine.cast import ANALYSER, DEMAND, GEOGRAPHY, SUPPLIES, TODAY

CONFIG = Config()


def ranker(*supplies: Profile, config: Config = CONFIG) -> Ranker:
    return Ranker(config, GEOGRAPHY, ANALYSER).fit(supplies)


WORDS = st.lists(
    st.sampled_from(["water", "gestion", "eau", "midwife", "irrigation", "tax", "2030"]), min_size=1, max_size=6
)


def subset(*codes: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(codes), unique=True, max_size=3).map(tuple)


PROFILES = st.builds(
    Profile,
    id=st.text("abcdef", min_size=1, max_size=3),
    kind=st.sampled_from(["offer", "solution"]),
    title=WORDS.map(" ".join),
    language=st.sampled_from(["en", "fr"]),
    country=st.sampled_from([None, *GEOGRAPHY.regions]),
    goals=st.lists(st.integers(1, 8), unique=True, max_size=3).map(tuple),
    targets=subset("6.b", "2.1", "3.1"),
    sectors=subset("irrigation", "health"),
    modalities=subset("training", "grant"),
    working_languages=subset("fr", "en"),
    end_date=st.sampled_from([None, date(2026, 1, 1), date(2026, 9, 1)]),
    confirmed_date=st.sampled_from([None, date(2025, 1, 1)]),
    eligible_groups=subset("ldc", "sids"),
    closed=st.booleans(),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(PROFILES, unique_by=lambda profile: profile.id, max_size=14), st.randoms(), st.integers(1, 15))
def test_reasons_add_up_and_order_is_that_of_a_sort(supplies: list[Profile], random: object, k: int) -> None:
    made = ranker(*supplies, config=replace(CONFIG, twin_cosine=1.01))
    ranking = made.rank(DEMAND, k, today=TODAY)
    answers = [made.explain(DEMAND, supply.id, today=TODAY) for supply in supplies]
    hits = [answer for answer in answers if isinstance(answer, Hit)]
    scores = dict(made.order(DEMAND, today=TODAY))
    assert scores == {hit.supply_id: pytest.approx(hit.score, abs=1e-12) for hit in hits}
    assert all(0.0 <= reason.value <= 1.0 for hit in hits for reason in hit.reasons)
    assert list(ranking.hits) == sorted(hits, key=lambda hit: (-scores[hit.supply_id], hit.supply_id))[:k]
    assert {item.supply_id for item in ranking.excluded} == {supply.id for supply in supplies} - scores.keys()
    random.shuffle(supplies)  # type: ignore[attr-defined]
    assert ranker(*supplies, config=made.config).rank(DEMAND, k, today=TODAY) == ranking


def test_meaning_crosses_languages_and_says_so() -> None:
    ranking = ranker(*SUPPLIES).rank(DEMAND, today=TODAY)
    assert {hit.supply_id for hit in ranking.hits[:3]} == {"s1", "s2", "s3"}
    spanish = next(hit for hit in ranking.hits if hit.supply_id == "s3")
    shared = [(item.demand_surface, item.supply_surface, item.exact) for item in spanish.reasons[0].evidence]
    assert ("Gestion de l'eau", "Gestión del agua", True) in shared
    assert [hit.rank for hit in ranking.hits] == [1, 2, 3, 4, 5]


def test_a_hit_names_what_neither_record_states() -> None:
    hit = ranker(*SUPPLIES).explain(DEMAND, "s4", today=TODAY)
    assert isinstance(hit, Hit)
    assert set(hit.missing) == {
        "supply.targets",
        "supply.sectors",
        "supply.modalities",
        "supply.country",
        "supply.working_languages",
        "supply.confirmed_date",
    }
    assert {reason.feature: reason.value for reason in hit.reasons}["sector"] == CONFIG.neutral["sector"]


def test_explained_evidence_is_the_text_value() -> None:
    for hit in ranker(*SUPPLIES).rank(DEMAND, today=TODAY).hits:
        text = hit.reasons[0]
        assert text.feature == "text"
        assert sum(item.value for item in text.evidence) <= 1 + 1e-9
        assert bool(text.evidence) == (text.value > 0)


def test_excluded_supplies_say_why_and_are_not_ranked() -> None:
    own = replace(SUPPLIES[0], id="own", country="MLI")
    made = ranker(*SUPPLIES, own)
    ranking = made.rank(DEMAND, today=TODAY)
    assert ranking.excluded == (Exclusion("own", "own_country", "MLI"),)
    assert made.explain(DEMAND, "own", today=TODAY) == ranking.excluded[0]
    assert "own" not in {hit.supply_id for hit in ranking.hits}


def test_facets_alone_never_make_a_strong_match() -> None:
    facets = replace(DEMAND, id="f", kind="offer", title="xylophone", summary="", country="SEN", organisation=None)
    hit = ranker(*SUPPLIES, replace(facets, confirmed_date=TODAY)).explain(DEMAND, "f", today=TODAY)
    assert isinstance(hit, Hit)
    assert all(reason.value == pytest.approx(1.0) for reason in hit.reasons if reason.feature != "text")
    assert hit.reasons[0].value == 0.0
    assert hit.band in ("possible", "weak")


def test_near_duplicates_come_after_the_first_ten() -> None:
    twins = [replace(SUPPLIES[1], id=f"t{number}") for number in range(12)]
    found = [hit.supply_id for hit in ranker(*SUPPLIES, *twins).rank(DEMAND, today=TODAY).hits]
    assert found[:5] == [name for name in found if name in ("s1", "s2", "s3", "s4", "s5")]
    assert sorted(found[5:]) == sorted(twin.id for twin in twins)


@pytest.mark.parametrize("k", [1, 5, 10, 40])
def test_first_places_do_not_depend_on_how_many_are_asked_for(k: int) -> None:
    twins = [replace(SUPPLIES[1], id=f"t{number}") for number in range(30)]
    made = ranker(*SUPPLIES, *twins)
    whole = made.order(DEMAND, today=TODAY)
    assert made.order(DEMAND, k, today=TODAY) == whole[:k]
    assert {supply for supply, _ in whole[:5]} == {supply.id for supply in SUPPLIES}


def test_empty_catalogue_has_no_hits() -> None:
    assert ranker().rank(DEMAND, today=TODAY).hits == ()


def test_those_ranked_together_are_ranked_as_each_by_itself() -> None:
    made = ranker(*SUPPLIES)
    other = Profile(id="d2", kind="demand", title="Formation de sages-femmes", language="fr", goals=(3,))
    together = made.ranked_many([(DEMAND, None), (other, None)], today=TODAY)
    assert [ranking for ranking, _standing in together] == [
        made.rank(DEMAND, today=TODAY),
        made.rank(other, today=TODAY),
    ]
    assert made.rank(other, 1, today=TODAY).hits[0].supply_id in ("s4", "s5")


def test_unknown_supply_is_no_answer() -> None:
    with pytest.raises(KeyError):
        ranker(*SUPPLIES).explain(DEMAND, "nobody", today=TODAY)
