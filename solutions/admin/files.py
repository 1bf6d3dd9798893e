"""Whole files of entries at the desk: read without writing first, written once that was seen, and given out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import IO, Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import may
from core.errors import DomainError
from core.links import opened, seal
from solutions.models import Entry
from solutions.services import (
    FileFormat,
    ImportRefusedError,
    ImportReport,
    export_records,
    export_sheet,
    import_records,
)
from solutions.services.reading import Row

FOLDER = "imports"
KEPT = timedelta(hours=1)
"""How long a file waits to be confirmed."""
SHOWN = 200
"""Rows that the report shows one by one."""
PURPOSE = "solutions.import"


class FileForm(forms.Form):
    """A file of records, and whether they are to be published."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, XLSX or JSON Lines, with the columns that the export writes."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.jsonl,.ndjson"}),
    )
    publish = forms.BooleanField(label=_("Publish what is imported"), required=False)

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if _suffix(file) not in {f".{form}" for form in FileFormat} | {".ndjson"}:
            raise forms.ValidationError(_("The name of the file has to end in .csv, .xlsx or .jsonl."))
        return file


def _suffix(file: UploadedFile[Any]) -> str:
    return Path(file.name or "").suffix.lower()


def import_file(desk: ModelAdmin[Any], request: HttpRequest) -> HttpResponse:
    """Take a file, say what importing it would do, and do it once that is confirmed."""
    user = _moderator(request)
    if "confirm" in request.POST:
        return _confirmed(desk, request, user)
    form = FileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        name = _keep(form.cleaned_data["file"])
        context |= _dry_run(name)
        if context["report"]:
            content = [name, user.pk, form.cleaned_data["publish"]]
            context["sealed"] = seal(PURPOSE, content, until=timezone.now() + KEPT)
        else:
            default_storage.delete(name)
    known = {**desk.admin_site.each_context(request), "opts": desk.opts, "title": _("Import a file of entries")}
    return TemplateResponse(request, "admin/solutions/import.html", {**known, **context})


def _dry_run(name: str) -> dict[str, Any]:
    """Return what importing a kept file would do, the first rows, and what is wrong with which line."""
    rows: list[Row] = []

    def noted(found: Iterable[Row], _label: str) -> Iterator[Row]:
        for row in found:
            if len(rows) < SHOWN:
                rows.append(row)
            yield row

    report: ImportReport | None = None
    problems: dict[int, list[str]] = {}
    refusal = ""
    path = Path(default_storage.path(name))
    try:
        report = import_records(path=path, dry_run=True, track=noted, at=timezone.now())
    except ImportRefusedError as error:
        refusal = str(error.message).replace(str(path), gettext("The file"))
        for found in error.problems:
            problems.setdefault(found.line, []).append(str(found.problem))
    lines = [(row.line, row.data, problems.pop(row.line, [])) for row in rows]
    later: list[tuple[int, dict[str, Any], list[str]]] = [(line, {}, found) for line, found in problems.items()]
    return {"report": report, "refusal": refusal, "rows": lines + later, "shown": SHOWN}


def _confirmed(desk: ModelAdmin[Any], request: HttpRequest, user: User) -> HttpResponse:
    """Import the file that was kept; the link names it and who may confirm it."""
    here = HttpResponseRedirect(request.path)
    try:
        name, owner, publish = opened(PURPOSE, request.POST["confirm"], at=timezone.now())
        if owner != user.pk:
            raise PermissionDenied
        path = Path(default_storage.path(name))
        if not path.is_file():
            raise DomainError(gettext("This file is no longer kept: it was imported already, or waited too long."))
        report = import_records(path=path, publish=publish, at=timezone.now())
    except DomainError as refusal:
        desk.message_user(request, str(refusal), messages.ERROR)
        return here
    default_storage.delete(name)
    known = {"created": report.created, "updated": report.updated, "unchanged": report.unchanged}
    text = gettext("Imported: %(created)d new, %(updated)d changed, %(unchanged)d as they were.") % known
    desk.message_user(request, text, messages.SUCCESS)
    return HttpResponseRedirect(reverse(f"admin:{desk.opts.app_label}_{desk.opts.model_name}_changelist"))


def _keep(file: UploadedFile[Any]) -> str:
    """Keep an upload until it is confirmed, under a name that nobody can guess; forget those that nobody confirmed."""
    folder = Path(default_storage.path(FOLDER))
    limit = (timezone.now() - KEPT).timestamp()
    for old in folder.iterdir() if folder.is_dir() else ():
        if old.stat().st_mtime < limit:
            old.unlink(missing_ok=True)
    return default_storage.save(f"{FOLDER}/{get_random_string(32)}{_suffix(file)}", file)


def export_file(desk: ModelAdmin[Any], request: HttpRequest) -> FileResponse:
    """Give out all entries of a kind as a file that the import reads back."""
    user = _moderator(request)
    wanted = request.GET.get("format", "")
    if wanted not in list(FileFormat):
        raise Http404
    file_format, kind = FileFormat(wanted), cast(type[Entry], desk.model).KIND
    out: IO[bytes] = BytesIO()
    if file_format is FileFormat.XLSX:
        export_sheet(out=cast(Any, out), kind=kind, reader=user)
    else:
        text = StringIO(newline="")
        export_records(out=text, file_format=file_format, kind=kind, reader=user)
        # A spreadsheet program takes CSV for UTF-8 by this mark only.
        mark = "\ufeff" if file_format is FileFormat.CSV else ""
        out.write((mark + text.getvalue()).encode())
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{desk.opts.model_name}s.{file_format}")


def _moderator(request: HttpRequest) -> User:
    if not may(request.user, "entry.moderate"):
        raise PermissionDenied
    return cast(User, request.user)
