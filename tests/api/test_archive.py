"""The open archive: all that is public, nothing else, checked by its own manifest, and swapped in one step."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.models import Organisation
from solutions.enums import EntryState, TranslationStatus, Visibility
from solutions.models import Entry, EntryTranslation
from solutions.models.collection import Collection
from solutions.services.archiving import current_archive, write_archive
from solutions.tasks import write_archive as nightly
from tests.factories import NOW, DemandFactory, OfferFactory, SolutionFactory

pytestmark = pytest.mark.usefixtures("taxonomy")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path / "archive"
    return settings.ARCHIVE_DIR


def records(archive, name):
    return [json.loads(line) for line in (archive.folder / f"{name}.jsonl").read_text().splitlines()]


def translated(entry, texts, **fields):
    EntryTranslation.objects.create(entry=entry, language_id="fr", texts=texts, source_version=1, **fields)


def sent(client, name, **headers):
    answer = client.get(f"/archive/{name}", headers=headers)
    return answer, b"".join(answer) if answer.streaming else answer.content


def test_it_holds_what_everybody_may_read_and_nothing_else(cast):
    shown = SolutionFactory(organisation=cast.agency, source_id="their-own-id")
    OfferFactory(organisation=cast.agency).linked_solutions.set([shown])
    for state in set(EntryState) - {EntryState.PUBLISHED, EntryState.STALE}:
        SolutionFactory(organisation=cast.agency, state=state, title="SECRET")
    hidden = SolutionFactory(organisation=cast.agency, state=EntryState.DRAFT, title="SECRET")
    SolutionFactory(organisation=cast.agency, adapted_from=hidden)
    for level in Visibility:
        DemandFactory(
            organisation=cast.ministry,
            visibility=level,
            title=f"title {level}" if level.startswith("public") else "SECRET",
            gap="gap" if level == Visibility.PUBLIC else "SECRET",
            budget="budget" if level == Visibility.PUBLIC else "SECRET",
        )
    for demand in Entry.objects.demands():
        texts = {"title": demand.title, "gap": demand.details.gap}
        translated(demand, texts)
    translated(shown, {"title": "SECRET"}, status=TranslationStatus.NONE)
    for slug in ("open", "SECRET"):
        collection = Collection.objects.create(slug=slug, is_published=slug == "open")
        collection.texts.create(language_id="en", title=f"{slug} collection")
        for position, entry in enumerate((shown, hidden)):
            collection.places.create(entry=entry, position=position)
    archive = write_archive(at=NOW)
    everything = "".join(path.read_text() for path in archive.folder.iterdir())
    assert "SECRET" not in everything
    assert "Unverified" not in everything
    assert hidden.public_id not in everything
    assert "@example.org" not in everything
    demands = {record["title"]: record for record in records(archive, "demands")}
    assert set(demands) == {"title public", "title public_summary"}
    assert demands["title public"]["gap"] == "gap"
    assert {"gap", "budget", "visibility"} & set(demands["title public_summary"]) == set()
    solutions = {record["id"]: record for record in records(archive, "solutions")}
    assert len(solutions) == 2
    assert solutions[shown.public_id]["organisation"] == cast.agency.slug
    assert records(archive, "offers")[0]["linked_solutions"] == [shown.public_id]
    assert records(archive, "collections") == [
        {"slug": "open", "texts": {"en": {"title": "open collection", "text": ""}}, "entries": [shown.public_id]}
    ]
    texts = {row["entry"]: row["texts"] for row in records(archive, "translations")}
    assert texts == {
        demands["title public"]["id"]: {"title": "title public", "gap": "gap"},
        demands["title public_summary"]["id"]: {"title": "title public_summary"},
    }
    slugs = set(Organisation.objects.exclude(verified_at=None).values_list("slug", flat=True))
    assert {record["slug"] for record in records(archive, "organisations")} == slugs
    assert {record["number"] for record in records(archive, "goals")} == {1, 2, 6, 7}
    assert records(archive, "country_group_memberships")[0] == {
        "group_id": "ldc", "country_id": "SEN", "since": "2000-01-01", "until": None,
    }  # fmt: skip


def test_the_manifest_says_licence_and_time_and_checks_every_file(cast, settings, client):
    settings.DATA_LICENCE = "CC-BY-3.0-IGO"
    SolutionFactory(organisation=cast.agency)
    archive = write_archive(at=NOW)
    about = json.loads((archive.folder / "manifest.json").read_text())
    assert (about["licence"], about["made_at"]) == ("CC-BY-3.0-IGO", NOW.isoformat())
    assert "/entries/<id>/" in about["ids"]
    named = {file["name"] for file in about["files"]}
    assert {"solutions.jsonl", "offers.jsonl", "demands.jsonl", "organisations.jsonl", "goals.jsonl"} <= named
    assert named | {"manifest.json"} == {path.name for path in archive.folder.iterdir()}
    for file in about["files"]:
        answer, content = sent(client, file["name"])
        assert answer.status_code == 200
        assert (len(content), content.count(b"\n")) == (file["bytes"], file["records"])
        assert hashlib.sha256(content).hexdigest() == file["sha256"]


def test_its_files_are_not_sent_again_while_they_are_the_same(cast, client):
    SolutionFactory(organisation=cast.agency)
    write_archive(at=NOW)
    for name in ("solutions.jsonl", "manifest.json"):
        first, _ = sent(client, name)
        for header, value in (("if-none-match", first["ETag"]), ("if-modified-since", first["Last-Modified"])):
            again, content = sent(client, name, **{header: value})
            assert (again.status_code, content, again["ETag"]) == (304, b"", first["ETag"])
    before, _ = sent(client, "solutions.jsonl")
    SolutionFactory(organisation=cast.agency)
    write_archive(at=NOW + timedelta(days=1))
    after, content = sent(client, "solutions.jsonl", **{"if-none-match": before["ETag"]})
    assert (after.status_code, content.count(b"\n")) == (200, 2)


def test_a_run_that_fails_leaves_the_old_archive_and_no_part_of_a_new_one(cast, folder):
    SolutionFactory(organisation=cast.agency)
    old = write_archive(at=NOW)

    def breaking(lines, name):
        if name == "demands":
            raise OSError("the disk is full")
        return lines

    with pytest.raises(OSError, match="full"):
        write_archive(at=NOW + timedelta(days=1), track=breaking)
    assert current_archive() == old
    assert {path.name for path in folder.iterdir()} == {"current", old.folder.name}


def test_the_archive_before_stays_for_its_readers_and_older_ones_go(cast, folder):
    runs = [write_archive(at=NOW + timedelta(days=day)) for day in range(4)]
    assert current_archive() == runs[-1]
    assert {path.name for path in folder.iterdir()} == {"current", *(run.folder.name for run in runs[-2:])}


def test_the_page_names_every_file_and_says_when_there_is_none(cast, client):
    assert "No archive has been written yet." in client.get("/archive/").content.decode()
    assert client.get("/archive/solutions.jsonl").status_code == 404
    archive = write_archive(at=NOW)
    page = client.get("/archive/").content.decode()
    assert all(f"/archive/{file.name}" in page and file.sha256 in page for file in archive.files)
    assert archive.licence in page
    for name in ("..", "current", "secret_key", "manifest.json.gz"):
        assert client.get(f"/archive/{name}").status_code == 404
    assert client.get("/").content.decode().count('href="/archive/"') == 1


def test_the_command_and_the_nightly_task_write_it(cast, folder, tmp_path, capsys):
    call_command("write_archive", folder=tmp_path / "elsewhere")
    shown = capsys.readouterr()
    assert "solutions.jsonl" in shown.out
    assert "wrote" in shown.out
    assert current_archive(tmp_path / "elsewhere") is not None
    assert current_archive() is None
    nightly()
    assert current_archive() is not None


@pytest.mark.parametrize("rows", [1, 3])
def test_it_takes_the_same_queries_with_one_row_and_with_three(cast, rows, django_assert_num_queries):
    for number in range(rows):
        SolutionFactory(organisation=cast.agency).goals.set([2, 6])
        OfferFactory(organisation=cast.agency)
        DemandFactory(organisation=cast.ministry)
        Collection.objects.create(slug=f"c{number}", is_published=True)
    with django_assert_num_queries(QUERIES):
        write_archive(at=NOW)


QUERIES = 40
