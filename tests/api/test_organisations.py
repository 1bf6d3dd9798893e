"""Organisations over the API: narrowed as entries are, to those that the reader may know of."""

import pytest

from accounts.enums import OrganisationType
from accounts.models import Organisation

pytestmark = pytest.mark.usefixtures("taxonomy")
ADDRESS = "/api/v1/organisations/"


def slugs(client, query=""):
    answer = client.get(f"{ADDRESS}{query}")
    assert answer.status_code == 200
    return {row["slug"] for row in answer.json()["results"]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?country=BRA", {"cooperation-agency"}),
        ("?country=BRA&country=SEN", {"cooperation-agency", "ministry-of-agriculture", "other-ministry"}),
        ("?region=011", {"ministry-of-agriculture", "other-ministry"}),
        ("?region=002", {"ministry-of-agriculture", "other-ministry"}),
        ("?region=002&region=005", {"cooperation-agency", "ministry-of-agriculture", "other-ministry"}),
        ("?group=ldc", {"ministry-of-agriculture", "other-ministry"}),
        ("?type=un_entity", {"secretariat"}),
        ("?type=un_entity&type=ngo", {"secretariat", "cooperation-agency"}),
        ("?name=MINISTRY&region=011", {"ministry-of-agriculture", "other-ministry"}),
        ("?name=agriculture", {"ministry-of-agriculture"}),
        ("?verified=false", set()),
    ],
)
def test_a_list_is_narrowed_by_each_filter_and_by_several(caller, cast, query, found):
    Organisation.objects.filter(pk=cast.agency.pk).update(type=OrganisationType.NGO)
    assert slugs(caller("visitor"), query) == found


def test_who_is_not_verified_is_found_by_curators_and_members_alone(caller, cast):
    assert "unverified-association" not in slugs(caller("visitor"))
    assert slugs(caller("unverified_member"), "?verified=false") == {"unverified-association"}
    assert slugs(caller("curator"), "?verified=false") == {"unverified-association"}
    assert "unverified-association" not in slugs(caller("curator"), "?verified=true")


@pytest.mark.parametrize("query", ["country=XXX", "region=1", "group=x", "type=club", "verified=perhaps", "country="])
def test_a_filter_that_nothing_answers_to_is_refused_by_name(caller, cast, query):
    answer = caller("visitor").get(f"{ADDRESS}?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, f"#/{query.split('=')[0]}")
