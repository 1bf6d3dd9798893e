"""An organisation's import from a spreadsheet: template, trial with a report for each row, import, permissions."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from solutions.models import Entry
from solutions.services.trying import FOLDER
from tests.factories import SolutionFactory

pytestmark = pytest.mark.usefixtures("taxonomy")
HEAD = "id,kind,organisation,title,summary,language\n"
GOOD = HEAD + "a-1,solution,,One,S,en\na-2,solution,,Two,S,fr\n"


def sent(text, name="file.csv"):
    return {"file": SimpleUploadedFile(name, text.encode())}


@pytest.fixture
def publisher(client, cast):
    client.force_login(cast.publisher)
    return cast


def post(client, cast, text, name="file.csv"):
    return client.post(reverse("entry-import"), {"organisation": cast.agency.pk, **sent(text, name)})


@pytest.mark.parametrize("kind", ["solution", "offer"])
def test_the_template_has_the_columns_of_the_kind(client, publisher, kind):
    answer = client.get(reverse("import-template", args=[kind, "csv"]))
    header = b"".join(answer.streaming_content).decode("utf-8-sig").strip().split(",")
    sheet = client.get(reverse("import-template", args=[kind, "xlsx"]))
    rows = list(load_workbook(BytesIO(b"".join(sheet.streaming_content))).worksheets[0].values)
    assert list(rows[0]) == header
    assert {"id", "kind", "title"} < set(header)


@pytest.mark.parametrize(("kind", "file_format"), [("demand", "csv"), ("solution", "jsonl"), ("nothing", "csv")])
def test_there_is_no_template_of_what_one_may_not_write(client, publisher, kind, file_format):
    assert client.get(reverse("import-template", args=[kind, file_format])).status_code == 404


def test_a_file_is_tried_reported_row_by_row_and_imported_once_confirmed(client, publisher):
    answer = post(client, publisher, GOOD)
    trial = answer.context["trial"]
    assert [(row.line, row.outcome, row.problems) for row in trial.rows] == [(2, "created", ()), (3, "created", ())]
    assert not Entry.objects.exists()
    answer = client.post(reverse("entry-import"), {"confirm": answer.context["sealed"]})
    assert answer.url == reverse("my-entries")
    assert set(Entry.objects.values_list("title", "organisation", "state")) == {
        ("One", publisher.agency.pk, "draft"),
        ("Two", publisher.agency.pk, "draft"),
    }


def test_new_entries_are_submitted_at_once_when_that_is_wanted(client, publisher):
    SolutionFactory(organisation=publisher.agency, source_id="a-1", state="published")
    data = {"organisation": publisher.agency.pk, "submit": "on", **sent(GOOD)}
    client.post(reverse("entry-import"), {"confirm": client.post(reverse("entry-import"), data).context["sealed"]})
    assert dict(Entry.objects.values_list("source_id", "state")) == {"a-1": "published", "a-2": "submitted"}


def test_what_is_wrong_is_said_by_row_and_nothing_is_written(client, publisher, settings):
    answer = post(client, publisher, HEAD + "a-1,solution,,One,S,en\na-2,solution,,,S,xx\n")
    assert answer.status_code == 400
    rows = answer.context["trial"].rows
    assert [(row.line, len(row.problems)) for row in rows] == [(2, 0), (3, 2)]
    assert answer.context["sealed"] == ""
    assert not Entry.objects.exists()
    assert list((settings.MEDIA_ROOT / FOLDER).iterdir()) == []


def test_rows_of_other_organisations_and_kinds_are_refused(client, publisher):
    foreign = SolutionFactory(organisation=publisher.other, source_id="theirs")
    for row in (
        f"a-1,solution,{publisher.other.slug},One,S,en\n",
        "a-1,demand,,One,S,en\n",
        "theirs,solution,,Mine now,S,en\n",
    ):
        answer = post(client, publisher, HEAD + row)
        assert (answer.status_code, len(answer.context["trial"].rows[0].problems)) == (400, 1)
    foreign.refresh_from_db()
    assert foreign.title != "Mine now"
    assert Entry.objects.count() == 1


def test_a_file_of_another_type_is_refused_at_the_field(client, publisher):
    answer = post(client, publisher, "x", "file.pdf")
    assert (answer.status_code, set(answer.context["form"].errors)) == (400, {"file"})
    answer = client.post(reverse("entry-import"), {"organisation": publisher.agency.pk})
    assert (answer.status_code, set(answer.context["form"].errors)) == (400, {"file"})


def test_a_confirmation_is_the_person_s_own_and_good_once(client, publisher):
    sealed = post(client, publisher, GOOD).context["sealed"]
    client.force_login(publisher.curator)
    assert client.post(reverse("entry-import"), {"confirm": sealed}).status_code == 403
    client.force_login(publisher.publisher)
    client.post(reverse("entry-import"), {"confirm": sealed})
    assert client.post(reverse("entry-import"), {"confirm": sealed}).url == reverse("entry-import")
    assert client.post(reverse("entry-import"), {"confirm": "forged"}).url == reverse("entry-import")
    assert Entry.objects.count() == 2


def test_what_is_refused_only_when_it_is_confirmed_says_why_and_names_no_folder(client, publisher):
    sealed = post(client, publisher, GOOD).context["sealed"]
    SolutionFactory(organisation=publisher.other, source_id="a-1")
    answer = client.post(reverse("entry-import"), {"confirm": sealed}, follow=True)
    [message] = answer.context["messages"]
    assert str(message) == "The file has 1 problem(s); nothing was written."
    assert Entry.objects.count() == 1


def test_a_kept_file_that_another_upload_has_just_removed_is_in_nobody_s_way(client, publisher, settings):
    folder = settings.MEDIA_ROOT / FOLDER
    folder.mkdir(parents=True)
    (folder / "gone").symlink_to("nowhere")  # listed, and not there when it is looked at
    assert post(client, publisher, GOOD).context["trial"].report.created == 2


def test_a_curator_who_may_not_submit_for_a_ministry_is_told_so(client, cast):
    client.force_login(cast.curator)
    data = {"organisation": cast.ministry.pk, "submit": "on", **sent(HEAD + "a-1,demand,,One,S,en\n")}
    sealed = client.post(reverse("entry-import"), data).context["sealed"]
    answer = client.post(reverse("entry-import"), {"confirm": sealed}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == ["Your role does not allow this."]
    assert not Entry.objects.exists()


def test_an_observer_imports_nothing(client, cast):
    client.force_login(cast.observer)
    assert client.get(reverse("entry-import")).status_code == 403
