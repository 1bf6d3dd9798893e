"""Every signal, pair by pair, against its definition worked out by hand."""

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest

from matching.engine.features import (
    Context,
    Freshness,
    Language,
    Modality,
    Preference,
    Sdg,
    Sector,
    Signal,
    Window,
    window_of,
)
from matching.engine.types import Config, Geography, Profile
from tests.engine.cast import DEMAND, GEOGRAPHY, TODAY

ANY = Profile(id="s", kind="offer", title="t")


def value(signal: type[Signal], demand: Profile, supply: Profile) -> float | None:
    """Return a pair's value, None where it is not stated; the pair stands between others to catch row mistakes."""
    supplies = [replace(ANY, id="before", goals=(1,)), supply, replace(ANY, id="after", sectors=("x",))]
    found = float(signal(supplies, GEOGRAPHY, Config()).values(demand, TODAY)[1])
    return None if math.isnan(found) else found


@pytest.mark.parametrize(
    ("supply", "expected"),
    [
        (replace(ANY, goals=(2, 6), targets=("6.b",)), 1.0),
        (replace(ANY, goals=(6,), targets=("6.b",)), 0.75),
        (replace(ANY, goals=(2, 6), targets=("6.4",)), 0.5),
        (replace(ANY, goals=(2, 6)), 0.75),  # no targets: half of the goal share stands for them
        (replace(ANY, targets=("6.b",)), 0.75),  # a target belongs to its goal
        (replace(ANY, goals=(3,), targets=("3.1",)), 0.0),
        (replace(ANY, proposed_goals=((2, 0.8), (6, 0.4))), 0.45),
        (replace(ANY, goals=(3,), proposed_goals=((6, 1.0),)), 0.0),  # stated goals silence proposed ones
        (ANY, None),
    ],
)
def test_sdg(supply: Profile, expected: float | None) -> None:
    assert value(Sdg, DEMAND, supply) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("sectors", "expected"),
    [(("Irrigation", "AGRICULTURE"), 1.0), (("irrigation", "health"), 0.5), (("health",), 0.0), ((), None)],
)
def test_sector(sectors: tuple[str, ...], expected: float | None) -> None:
    assert value(Sector, DEMAND, replace(ANY, sectors=sectors)) == expected


def test_sector_codes_and_words_are_one() -> None:
    assert value(Sector, replace(DEMAND, sectors=("water_supply",)), replace(ANY, sectors=("Water-Supply ",))) == 1.0


@pytest.mark.parametrize(("modalities", "expected"), [(("training", "grant"), 0.5), (("grant",), 0.0), ((), None)])
def test_modality(modalities: tuple[str, ...], expected: float | None) -> None:
    assert value(Modality, DEMAND, replace(ANY, modalities=modalities)) == expected


@pytest.mark.parametrize(("languages", "expected"), [(("en", "fr"), 1.0), (("en",), 0.0), ((), None)])
def test_working_language(languages: tuple[str, ...], expected: float | None) -> None:
    demand = replace(DEMAND, working_languages=("fr", "es", "pt"))
    assert value(Language, demand, replace(ANY, working_languages=languages)) == expected


def test_language_of_writing_is_no_working_language() -> None:
    assert value(Language, replace(DEMAND, working_languages=()), replace(ANY, language="fr")) is None


@pytest.mark.parametrize(
    ("supply", "expected"),
    [
        (replace(ANY, country="SEN"), 0.5 + 0.3 + 0.2),  # same smallest region, LDC, French
        (replace(ANY, country="KEN"), 0.5 * 2 / 3),  # two of three regions, nothing else
        (replace(ANY, country="BOL"), 0.3),  # LLDC
        (replace(ANY, country="KEN", countries=("SEN",)), 1.0),  # ran in
        (replace(ANY, country="XXX"), None),  # nothing known of it
        (ANY, None),
    ],
)
def test_context(supply: Profile, expected: float | None) -> None:
    assert value(Context, DEMAND, supply) == (None if expected is None else pytest.approx(expected))


def test_context_leaves_out_what_the_country_has_no_data_for() -> None:
    assert value(Context, replace(DEMAND, country="KEN"), replace(ANY, country="SEN")) == pytest.approx(
        0.5 * 2 / 3 / 0.7  # Kenya is in no group of similar countries
    )
    assert value(Context, replace(DEMAND, country=None), replace(ANY, country="SEN")) is None


def test_the_world_is_no_region_to_share() -> None:
    places = Geography(regions={"A": ("011", "001"), "B": ("151", "001")})
    signal = Context([replace(ANY, country="B")], places, Config())
    assert signal.values(replace(DEMAND, country="A"), TODAY).tolist() == [0.0]


@pytest.mark.parametrize(
    ("supply", "expected"),
    [
        (replace(ANY, country="SEN"), 1.0),
        (replace(ANY, country="BOL"), 1.0),
        (replace(ANY, country="KEN"), 0.0),
        (ANY, None),
    ],
)
def test_preference(supply: Profile, expected: float | None) -> None:
    assert value(Preference, replace(DEMAND, preferred_countries=("BOL",)), supply) == expected


def test_no_preference_is_not_stated() -> None:
    demand = replace(DEMAND, preferred_regions=())
    assert value(Preference, demand, replace(ANY, country="SEN")) is None
    assert Preference([ANY], GEOGRAPHY, Config()).missing(demand, ANY) == ("demand.preferences", "supply.country")


@pytest.mark.parametrize(
    ("supply", "expected"),
    [
        (replace(ANY, start_date=date(2026, 1, 1)), 1.0),
        (replace(ANY, start_date=date(2026, 10, 1)), 0.5),  # 92 of 184 days
        (replace(ANY, end_date=date(2026, 6, 30)), 0.0),
        (ANY, None),
        (replace(ANY, kind="solution", start_date=date(2020, 1, 1)), None),
    ],
)
def test_window(supply: Profile, expected: float | None) -> None:
    assert value(Window, DEMAND, supply) == expected


def test_solution_without_a_window_misses_nothing() -> None:
    assert Window([], GEOGRAPHY, Config()).missing(DEMAND, replace(ANY, kind="solution")) == ()
    assert Window([], GEOGRAPHY, Config()).missing(DEMAND, ANY) == ("supply.dates",)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2026, 9, 1), None, (date(2026, 9, 1), date(2027, 9, 1))),
        (None, date(2026, 9, 1), (TODAY, date(2026, 9, 1))),
        (None, date(2026, 1, 1), (date(2026, 1, 1), date(2026, 1, 1))),
    ],
)
def test_open_ends_of_a_demand(start: date | None, end: date | None, expected: tuple[date, date]) -> None:
    assert window_of(replace(DEMAND, start_date=start, end_date=end), TODAY) == expected


@pytest.mark.parametrize(("days", "expected"), [(0, 1.0), (730, 0.5), (1460, 0.25), (-5, 1.0)])
def test_freshness_halves_with_each_half_life(days: int, expected: float) -> None:
    confirmed = TODAY - timedelta(days=days)
    assert value(Freshness, DEMAND, replace(ANY, confirmed_date=confirmed)) == pytest.approx(expected)
    assert value(Freshness, DEMAND, ANY) is None


@pytest.mark.parametrize(
    ("signal", "facet", "silent"),
    [
        (Sdg, "goals", {"goals": (), "targets": ()}),
        (Sector, "sectors", {"sectors": ()}),
        (Modality, "modalities", {"modalities": ()}),
        (Language, "working_languages", {"working_languages": ()}),
        (Context, "country", {"country": None}),
        (Window, "dates", {"start_date": None, "end_date": None}),
    ],
)
def test_silence_is_named_on_its_side(signal: type[Signal], facet: str, silent: dict[str, object]) -> None:
    full = replace(DEMAND, kind="offer")
    made = signal([full], GEOGRAPHY, Config())
    assert made.missing(DEMAND, full) == ()
    assert f"demand.{facet}" in made.missing(replace(DEMAND, **silent), full)
    assert f"supply.{facet}" in made.missing(DEMAND, replace(full, **silent))
