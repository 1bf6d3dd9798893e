"""An organisation's import of many entries from a spreadsheet: a template, a trial, and the import itself."""

from __future__ import annotations

from typing import Any, Final, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic import View

from accounts.models import Organisation, User
from core.errors import DomainError
from core.exporting import file_answer
from core.links import opened, seal
from solutions.enums import Kind
from solutions.forms import ImportForm
from solutions.queries import organisations_where
from solutions.rules import FIELDS
from solutions.services import FileFormat, NotPermittedError
from solutions.services.cells import columns, to_cells
from solutions.services.entries import creatable, permission
from solutions.services.trying import KEPT, SHOWN, forget, import_kept, keep, try_file

PURPOSE: Final = "solutions.import.own"


class ImportEntries(LoginRequiredMixin, View):
    """Take a file, say what importing it would do row by row, and do it once that is confirmed."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        if "confirm" in request.POST:
            return self._confirmed(request)
        form = self._form(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form, status=400)
        user, at = cast(User, request.user), timezone.now()
        organisation = cast(Organisation, form.cleaned_data["organisation"])
        name = keep(form.cleaned_data["file"], at=at)
        trial = try_file(name=name, organisation=organisation, by=user, at=at)
        content = [name, user.pk, organisation.pk, form.cleaned_data["submit"]]
        sealed = seal(PURPOSE, content, until=at + KEPT) if trial.report else ""
        return self._page(form, trial=trial, sealed=sealed, status=200 if trial.report else 400)

    def _confirmed(self, request: HttpRequest) -> HttpResponse:
        user, at = cast(User, request.user), timezone.now()
        try:
            name, owner, organisation, submit = opened(PURPOSE, request.POST["confirm"], at=at)
            if owner != user.pk:
                raise PermissionDenied
            given = Organisation.objects.get(pk=organisation)
            report = import_kept(name=name, organisation=given, submit=submit, by=user, at=at)
        except (DomainError, NotPermittedError) as refusal:
            messages.error(request, str(refusal))
            return redirect("entry-import")
        forget(name)
        text = _("Imported: %(created)d new, %(updated)d changed, %(unchanged)d as they were.")
        messages.success(request, text % report.counts())
        return redirect("my-entries")

    def _form(self, *data: Any) -> ImportForm:
        user = cast(User, self.request.user)
        kinds = creatable(user)
        if not kinds:
            raise PermissionDenied
        found = Organisation.objects.none()
        for kind in kinds:
            found = found | organisations_where(user, permission("create", kind))
        return ImportForm(*data, organisations=found.order_by("name", "pk"))

    def _page(self, form: ImportForm, *, status: int = 200, **found: Any) -> HttpResponse:
        kinds = creatable(cast(User, self.request.user))
        needed = ["id", "kind", *(name for name, field in FIELDS[kinds[0]].items() if field.required)]
        context = {"form": form, "creatable": kinds, "needed": needed, "shown": SHOWN, **found}
        return render(self.request, "solutions/posting/import.html", context, status=status)


@login_required
@require_safe
def import_template(request: HttpRequest, kind: str, file_format: str) -> StreamingHttpResponse:
    """Give out an empty file with the columns of a kind, to be filled in."""
    if kind not in creatable(cast(User, request.user)) or file_format not in (FileFormat.CSV, FileFormat.XLSX):
        raise Http404
    return file_answer(file_format, (), called=f"{kind}s", names=columns([Kind(kind)]), cells=to_cells, marked=True)
