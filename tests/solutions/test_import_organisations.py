"""Organisations from a file: added, changed, left alone, or refused as a whole."""

import json

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organisation

pytestmark = pytest.mark.usefixtures("taxonomy")
AGENCY = {"slug": "water-agency", "name": "Water Agency", "type": "government", "country": "SEN", "website": ""}


@pytest.fixture
def load(tmp_path, capsys):
    """Import rows and return what the command says."""

    def run(*rows, **options):
        file = tmp_path / "organisations.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        call_command("import_organisations", file, **options)
        return capsys.readouterr().out.strip()

    return run


def test_a_file_adds_changes_and_leaves_alone_with_a_history(load):
    assert load(AGENCY, verified=True) == "created 1, updated 0, unchanged 0"
    assert load(AGENCY) == "created 0, updated 0, unchanged 1"
    assert load({**AGENCY, "name": "Agency for Water", "country": "BRA"}) == "created 0, updated 1, unchanged 0"
    agency = Organisation.objects.get(slug="water-agency")
    assert (agency.name, agency.country_id, agency.verified_at is not None) == ("Agency for Water", "BRA", True)
    assert [(was.name, was.country_id) for was in agency.history.all()] == [
        ("Agency for Water", "BRA"),
        ("Water Agency", "SEN"),
    ]


@pytest.mark.parametrize(
    ("wrong", "said"), [({"country": "XXX"}, "XXX"), ({"name": ""}, "name"), ({"colour": "red"}, "colour")]
)
def test_one_wrong_row_refuses_the_whole_file(load, wrong, said):
    with pytest.raises(CommandError, match=said):
        load(AGENCY, {**AGENCY, "slug": "other-agency", **wrong})
    assert not Organisation.objects.filter(slug__in=["water-agency", "other-agency"]).exists()
