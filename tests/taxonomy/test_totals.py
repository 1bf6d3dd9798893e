"""The reference files against totals known from their sources; no database."""

from collections import Counter
from datetime import date

import pytest

from taxonomy.services import TABLES, default_folder, reference_rows

LANGUAGES = {"en", "fr", "es", "ar", "pt", "ru", "zh"}
# General Assembly resolution 70/1.
TARGETS_PER_GOAL = dict(
    enumerate([7, 8, 13, 10, 9, 8, 5, 12, 8, 10, 10, 11, 5, 10, 12, 12, 19], start=1),
)


def members(group: str, day: date) -> set[str]:
    return {
        row["country"]
        for row in reference_rows("country_group_memberships")
        if row["group"] == group
        and (row["since"] is None or date.fromisoformat(row["since"]) <= day)
        and (row["until"] is None or date.fromisoformat(row["until"]) > day)
    }


def test_goals_and_targets():
    assert [row["number"] for row in reference_rows("goals")] == list(range(1, 18))
    targets = reference_rows("targets")
    assert len(targets) == 169
    assert Counter(row["goal"] for row in targets) == TARGETS_PER_GOAL
    assert all(row["code"].startswith(f"{row['goal']}.") for row in targets)


def test_countries_and_regions():
    countries = reference_rows("countries")
    assert len(countries) == 248
    assert sum(row["un_member"] for row in countries) == 193
    assert "TWN" not in {row["code"] for row in countries}  # no row of its own in M49
    assert Counter(row["level"] for row in reference_rows("regions")) == {
        "region": 6,
        "subregion": 17,
        "intermediate": 7,
    }


def test_every_country_reaches_a_top_region():
    regions = {row["code"]: row for row in reference_rows("regions")}
    tops = Counter()
    for country in reference_rows("countries"):
        region = regions[country["region"]]
        while region["parent"]:
            region = regions[region["parent"]]
        tops[region["code"]] += 1
    # Africa, Americas, Antarctica, Asia, Europe, Oceania as M49 counts them.
    assert tops == {"002": 60, "019": 57, "010": 1, "142": 50, "150": 51, "009": 29}


@pytest.mark.parametrize(
    ("day", "count"),
    [
        (date(1971, 12, 31), 24),
        (date(1994, 12, 18), 49),
        (date(2020, 12, 3), 47),
        (date(2020, 12, 4), 46),  # Vanuatu has left
        (date(2023, 12, 13), 45),  # Bhutan
        (date(2024, 12, 12), 45),
        (date(2024, 12, 13), 44),  # Sao Tome and Principe
        (date(2026, 11, 23), 44),
        (date(2026, 11, 24), 41),  # Bangladesh, Lao PDR, Nepal
        (date(2027, 12, 13), 40),  # Solomon Islands
        (date(2029, 12, 19), 38),  # Cambodia, Senegal
    ],
)
def test_least_developed_countries_by_day(day, count):
    assert len(members("ldc", day)) == count


def test_other_groups():
    day = date(2026, 11, 1)
    member_states = {row["code"] for row in reference_rows("countries") if row["un_member"]}
    assert len(members("lldc", day)) == 32
    assert members("lldc", day) <= member_states
    assert len(members("sids", day)) == 53
    assert len(members("sids", day) & member_states) == 37
    assert len(members("south", day)) == 182
    assert len(members("south", day) & member_states) == 143
    assert members("ldc", day) | members("sids", day) <= members("south", day)
    # The two landlocked developing countries of Europe are in no list of the South.
    assert members("lldc", day) - members("south", day) == {"MDA", "MKD"}


@pytest.mark.parametrize(
    ("file", "field"),
    [
        ("goals", "names"),
        ("targets", "labels"),
        ("country_groups", "names"),
        ("sectors", "names"),
        ("modalities", "names"),
    ],
)
def test_own_names_are_complete(file, field):
    assert {row.get("code", row.get("number")) for row in reference_rows(file) if set(row[field]) != LANGUAGES} == set()


def test_sector_codes_are_of_the_dac():
    codes = [row["dac_code"] for row in reference_rows("sectors")]
    assert len(codes) == 105
    assert {len(code) for code in codes} == {3, 5}
    assert [code for code in codes if not 110 <= int(code[:3]) <= 740] == []


def test_modalities_and_languages():
    assert {row["code"] for row in reference_rows("modalities")} == {
        "training",
        "study_visit",
        "expert_mission",
        "policy_dialogue",
        "equipment",
        "knowledge_product",
        "twinning",
        "technology_transfer",
        "research",
        "grant",
        "peer_review",
        "mentoring",
        "fellowship",
    }
    assert {row["code"] for row in reference_rows("languages")} >= LANGUAGES


def test_every_file_of_the_folder_has_a_table():
    assert {table.file for table in TABLES} == {path.stem for path in default_folder().iterdir()}
