from datetime import date

from taxonomy import queries
from taxonomy.models import Country, Language, Sector, Target


def codes(things):
    return [thing.code for thing in things]


def test_countries_of_a_region_are_nested(loaded):
    assert codes(queries.countries_in(["018"])) == ["BWA", "LSO", "NAM", "SWZ", "ZAF"]
    assert queries.countries_in(["202"]).count() == 53
    assert queries.countries_in(["002"]).count() == 60


def test_regions_of_a_country_go_from_narrow_to_wide(loaded):
    assert codes(Country.objects.get(code="BRA").regions()) == ["005", "419", "019"]
    assert codes(Country.objects.get(code="CHN").regions()) == ["030", "142"]
    assert codes(Country.objects.get(code="ATA").regions()) == ["010"]


def test_groups_of_a_country_depend_on_the_day(loaded):
    bhutan = Country.objects.get(code="BTN")
    assert bhutan.groups_at(date(2023, 12, 12)) == {"ldc", "lldc", "south"}
    assert bhutan.groups_at(date(2023, 12, 13)) == {"lldc", "south"}
    assert bhutan.groups_at(date(1970, 12, 31)) == {"lldc", "south"}
    nepal, germany = Country.objects.get(code="NPL"), Country.objects.get(code="DEU")
    assert nepal.groups_at(date(2026, 11, 23)) == {"ldc", "lldc", "south"}
    assert nepal.groups_at(date(2026, 11, 24)) == {"lldc", "south"}
    assert germany.groups_at(date(2026, 11, 24)) == set()


def test_options_stand_in_the_order_of_the_language(loaded):
    countries = Country.objects.filter(code__in=["EGY", "ZMB", "ALA", "ETH", "SLV", "CHN"])
    assert queries.options(countries, language="en") == [
        ("ALA", "Åland Islands"),
        ("CHN", "China"),
        ("EGY", "Egypt"),
        ("SLV", "El Salvador"),
        ("ETH", "Ethiopia"),
        ("ZMB", "Zambia"),
    ]
    assert [code for code, _ in queries.options(countries, language="fr")] == ["CHN", "EGY", "ETH", "ALA", "SLV", "ZMB"]
    # By pinyin: Aland aolan, Egypt aiji, Ethiopia aisai'ebiya, El Salvador sa'erwaduo, Zambia zanbiya, China zhongguo.
    assert [code for code, _ in queries.options(countries, language="zh")] == ["EGY", "ETH", "ALA", "SLV", "ZMB", "CHN"]
    assert queries.options(Language.objects.filter(code__in=["zh", "ar"]), language="en") == [
        ("ar", "Arabic"),
        ("zh", "Chinese"),
    ]


def test_targets_and_sectors_are_ordered_as_people_count(loaded):
    assert codes(Target.objects.ordered().filter(goal=8)) == [
        *(f"8.{number}" for number in range(1, 11)),
        "8.a",
        "8.b",
    ]
    ordered = list(Sector.objects.ordered().values_list("dac_code", flat=True))
    assert ordered == sorted(ordered)
    assert ordered[0] == "110"


def test_first_and_last_go_by_code(loaded):
    assert (Country.objects.first().code, Country.objects.last().code) == ("ABW", "ZWE")
