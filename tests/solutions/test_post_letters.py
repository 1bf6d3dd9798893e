"""Request letters: kept apart from the site, of a kind that is told by their content, read by insiders alone."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from solutions.models import Demand
from solutions.services import EntryChangedError
from solutions.services.letters import LETTER_MAX, attach_letter
from tests.factories import NOW, DemandFactory
from tests.solutions.conftest import edit

pytestmark = pytest.mark.usefixtures("taxonomy")

PDF = b"%PDF-1.7 a letter"


def letter(draft, content=PDF, name="letter.pdf", version=None):
    file = SimpleUploadedFile(name, content, content_type="application/pdf")
    return {"version": draft.version if version is None else version, "letter": file}


def stored():
    return default_storage.listdir("request_letters")[1] if default_storage.exists("request_letters") else []


def test_a_letter_is_attached_replaced_given_out_and_removed(client, cast, draft, django_capture_on_commit_callbacks):
    client.force_login(cast.focal_point)
    assert client.post(edit(draft, "letter"), letter(draft)).status_code == 302
    first = stored()
    draft.refresh_from_db()
    png = b"\x89PNG\r\n\x1a\n rest"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(edit(draft, "letter"), letter(draft, png, name="scan.pdf"))
    assert len(stored()) == 1
    assert stored() != first
    answer = client.get(reverse("entry-letter", args=[draft.public_id]))
    assert b"".join(answer.streaming_content) == png
    assert answer["Content-Disposition"] == f'attachment; filename="{draft.public_id}.png"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    draft.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(edit(draft, "letter"), {"version": draft.version, "remove": "1"})
    draft.refresh_from_db()
    assert (draft.request_letter.name, stored()) == ("", [])


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<html><script>alert(1)</script>", "letter.pdf"),
        (b"MZ\x90\x00", "letter.pdf"),
        (PDF + b" " * LETTER_MAX, "letter.pdf"),
        (b"", "letter.pdf"),
    ],
)
def test_what_is_no_letter_is_refused_at_the_field(client, cast, draft, content, name):
    client.force_login(cast.focal_point)
    answer = client.post(edit(draft, "letter"), letter(draft, content, name))
    assert (answer.status_code, set(answer.context["form"].errors)) == (400, {"letter"})
    draft.refresh_from_db()
    assert (draft.request_letter.name, stored(), draft.version) == ("", [], 1)


def test_a_letter_for_a_stale_form_is_refused_and_not_kept(client, cast, draft):
    client.force_login(cast.focal_point)
    assert client.post(edit(draft, "letter"), letter(draft, version=9)).status_code == 412
    assert stored() == []


class Watched(SimpleUploadedFile):
    """A file that notes whether it is read within a transaction."""

    held = None

    def chunks(self, chunk_size=None):
        self.held = connection.in_atomic_block
        return super().chunks(chunk_size)


def test_a_letter_is_written_before_the_transaction_and_removed_when_somebody_was_first(transactional_db, cast, draft):
    file = Watched("letter.pdf", PDF)
    Demand.objects.update(version=2)
    with pytest.raises(EntryChangedError):
        attach_letter(demand=draft, file=file, version=1, by=cast.focal_point, at=NOW)
    assert file.held is False
    assert stored() == []


@pytest.mark.parametrize(
    ("person", "status"),
    [("focal_point", 200), ("observer", 200), ("curator", 200), ("outsider", 404), ("publisher", 404)],
)
def test_only_insiders_read_a_letter_even_of_a_public_demand(client, cast, person, status):
    demand = DemandFactory(organisation=cast.ministry)
    client.force_login(cast.focal_point)
    client.post(edit(demand, "letter"), letter(demand))
    client.force_login(getattr(cast, person))
    answer = client.get(reverse("entry-letter", args=[demand.public_id]))
    assert answer.status_code == status
    answer.close()
