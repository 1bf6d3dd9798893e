"""Whole files of entries at the desk: read without writing first, written once that was seen, and given out."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import may
from core.errors import DomainError
from core.exporting import file_answer
from core.links import opened, seal
from solutions.enums import Kind
from solutions.forms import FileForm
from solutions.services import FileFormat, records_for
from solutions.services.cells import columns, to_cells
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


def export_file(desk: ModelAdmin[Any], request: HttpRequest) -> StreamingHttpResponse:
    """Give out all entries of a kind as a file that the import reads back."""
    user = _moderator(request)
    wanted, kind = request.GET.get("format", ""), Kind(desk.model.KIND)
    if wanted not in list(FileFormat):
        raise Http404
    rows = records_for(kind=kind, reader=user)
    return file_answer(wanted, rows, called=f"{kind}s", names=columns([kind]), cells=to_cells, marked=True)


def _moderator(request: HttpRequest) -> User:
    if not may(request.user, "entry.moderate"):
        raise PermissionDenied
    return cast(User, request.user)
