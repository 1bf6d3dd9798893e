"""Whole files of entries at the desk: read without writing first, written once that was seen, and given out."""

from __future__ import annotations

from io import BytesIO, StringIO
from typing import IO, Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import may
from core.errors import DomainError
from core.links import opened, seal
from solutions.forms import FileForm
from solutions.models import Entry
from solutions.services import FileFormat, export_records, export_sheet
from solutions.services.trying import KEPT, SHOWN, forget, import_kept, keep, try_file

PURPOSE = "solutions.import"


class CuratorsFileForm(FileForm):
    """A file of records, and whether they are to be published."""

    publish = forms.BooleanField(label=_("Publish what is imported"), required=False)


def import_file(desk: ModelAdmin[Any], request: HttpRequest) -> HttpResponse:
    """Take a file, say what importing it would do, and do it once that is confirmed."""
    user = _moderator(request)
    if "confirm" in request.POST:
        return _confirmed(desk, request, user)
    form = CuratorsFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        name = keep(form.cleaned_data["file"], at=at)
        context |= {"trial": try_file(name=name, by=user, at=at), "shown": SHOWN}
        if context["trial"].report:
            content = [name, user.pk, form.cleaned_data["publish"]]
            context["sealed"] = seal(PURPOSE, content, until=at + KEPT)
    known = {**desk.admin_site.each_context(request), "opts": desk.opts, "title": _("Import a file of entries")}
    return TemplateResponse(request, "admin/solutions/import.html", {**known, **context})


def _confirmed(desk: ModelAdmin[Any], request: HttpRequest, user: User) -> HttpResponse:
    """Import the file that was kept; the link names it and who may confirm it."""
    here = HttpResponseRedirect(request.path)
    try:
        name, owner, publish = opened(PURPOSE, request.POST["confirm"], at=timezone.now())
        if owner != user.pk:
            raise PermissionDenied
        report = import_kept(name=name, publish=publish, by=user, at=timezone.now())
    except DomainError as refusal:
        desk.message_user(request, str(refusal), messages.ERROR)
        return here
    forget(name)
    text = gettext("Imported: %(created)d new, %(updated)d changed, %(unchanged)d as they were.")
    desk.message_user(request, text % report.counts(), messages.SUCCESS)
    return HttpResponseRedirect(reverse(f"admin:{desk.opts.app_label}_{desk.opts.model_name}_changelist"))


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
