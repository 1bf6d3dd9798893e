"""One step of a posting form: fields of a record, in the form of its rules; the service holds them to the rules."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db import models
from django.forms.boundfield import BoundWidget
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from core.errors import DomainError
from solutions.enums import Kind
from solutions.forms.choosing import offer
from solutions.forms.steps import Step
from solutions.forms.versions import VersionedForm
from solutions.rules import FIELDS, LONG_TEXT_MAX, TITLE_MAX, Field, Store
from solutions.services.records import MODELS
from taxonomy.models import Goal, Modality, Target
from taxonomy.queries import options
from taxonomy.rules import active_language

LINES_MAX = 20
"""How many need lines the form takes; a file may hold more."""
HELP: dict[str, Any] = {
    "title": _("One line: what is needed or offered, for whom, where."),
    "summary": _("Three or four sentences. This is what most people read."),
    "body": _("Anything else that a reader should know. Empty lines make paragraphs."),
    "gap": _("What people cannot do today, and why."),
    "expected_outcomes": _("What will be different afterwards."),
    "measurement": _("A number that is counted today and will be counted again."),
    "results": _("With numbers where there are any."),
    "south_south": _("Who learned from whom, and what each side brought."),
    "replication_conditions": _("Law, people, equipment, climate: what it does not work without."),
    "cost_and_resources": _("What it cost, who paid, how many people worked on it."),
    "keywords": _("One a line."),
    "implementers": _("One a line."),
    "evidence_links": _("Addresses of pages, one a line."),
    "adapted_from": _("The address of its page here, or its id."),
    "linked_solutions": _("The addresses of their pages here, or their ids, one a line."),
    "country": _("Leave empty for a global record."),
    "modalities": _("Training, study visit, experts: what kind of help."),
    "preferred_countries": _("A preference only: others are shown too."),
    "cost_sharing": _("Travel, board, fees, experts: who pays which."),
    "capacity_unit": _("For example: places, study visits, expert days."),
    "expiry_date": _("After this day the demand is closed."),
    "closing_date": _("After this day the offer is closed."),
}
"""What to write in a field, in a sentence; where nothing is said the label says it."""

# Lists longer than a screen are folded up.
FOLDED = frozenset(
    {
        "sectors", "working_languages", "preferred_regions", "preferred_countries", "countries", "eligible_countries",
        "past_recipients",
    }
)  # fmt: skip
_ADDRESS = re.compile(r"^\S*/entries/([\w-]+)/?(?:[?#]\S*)?$", re.ASCII)


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 4, "dir": "auto"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class SolutionsField(LinesField):
    """Solutions by their ids, which may be given as the addresses of their pages."""

    def clean(self, value: Any) -> Any:
        return [_ADDRESS.sub(r"\1", line) for line in super().clean(value)]


class SolutionField(forms.CharField):
    """One solution by its id or the address of its page."""

    def clean(self, value: Any) -> Any:
        return _ADDRESS.sub(r"\1", super().clean(value)) or None


def _choices(column: Any) -> list[tuple[Any, str]]:
    """Return the codes that a relation may hold: goals and targets as they count, the others by name."""
    rows = column.remote_field.model._default_manager.ordered()
    if column.remote_field.model is Goal:
        return [(goal.pk, f"{goal.pk} {goal}") for goal in rows]
    if column.remote_field.model is Target:
        return [(target.pk, str(target)) for target in rows]
    return options(rows, language=active_language())


def label_of(kind: Kind, name: str) -> str:
    """Return what a field of the record is called."""
    column: Any = MODELS[kind]._meta.get_field(name)
    label = str(getattr(column, "verbose_name", None) or column.related_model._meta.verbose_name_plural)
    return label[:1].upper() + label[1:]


def _form_field(kind: Kind, name: str) -> forms.Field:
    """Return the form field of a field of the record; what it may hold is the rules' to say."""
    rule: Field = FIELDS[kind][name]
    column: Any = MODELS[kind]._meta.get_field(name)
    said: dict[str, Any] = {"label": label_of(kind, name), "required": rule.required, "help_text": HELP.get(name, "")}
    if rule.store is Store.CODES:
        coerce = int if column.remote_field.model is Goal else str
        return forms.TypedMultipleChoiceField(
            choices=_choices(column), coerce=coerce, widget=forms.CheckboxSelectMultiple, **said
        )
    if rule.store is Store.CODE:
        choices = [("", "—"), *_choices(column)]
        return forms.TypedChoiceField(choices=choices, empty_value=None, **said)
    if rule.store is Store.REFERENCES:
        return SolutionsField(**said)
    if rule.store is Store.REFERENCE:
        return SolutionField(**said)
    if isinstance(rule.empty, list):
        return LinesField(**said)
    return _plain_field(name, column, said)


def _plain_field(name: str, column: Any, said: dict[str, Any]) -> forms.Field:
    if isinstance(column, models.DateField):
        return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **said)
    if isinstance(column, models.URLField):
        return forms.URLField(assume_scheme="https", **said)
    if column.choices:
        widget = forms.RadioSelect if name == "visibility" else forms.Select
        return forms.ChoiceField(choices=column.choices, widget=widget, **{**said, "required": True})
    if isinstance(column, models.TextField):
        rows = 12 if name == "body" else 4
        return forms.CharField(widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}), **said)
    field: forms.Field = column.formfield(**said)
    if isinstance(field.widget, forms.TextInput) and not isinstance(field.widget, forms.NumberInput):
        field.widget.attrs["dir"] = "auto"
    return field


class NeedForm(forms.Form):
    """One need line."""

    title = forms.CharField(
        label=_("Need"), max_length=TITLE_MAX, widget=forms.TextInput(attrs={"dir": "auto"})
    )  # fmt: skip
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=LONG_TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    modality = forms.TypedChoiceField(label=_("Modality"), required=False, empty_value=None)

    def __init__(self, *args: Any, modalities: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["modality"].choices = [("", "—"), *modalities]  # type: ignore[attr-defined]  # a choice field


NeedFormSet = forms.formset_factory(NeedForm, extra=2, max_num=LINES_MAX, validate_max=True, can_delete=True)


class StepForm(VersionedForm):
    """The fields of one step of an entry."""

    def __init__(
        self, data: Any = None, *, kind: Kind, step: Step, record: Mapping[str, Any], version: int = 0, **given: Any
    ) -> None:
        super().__init__(data, initial={"version": version, **record}, **given)
        self.lines: Any = None
        self.kind, self.step = kind, step
        self.theirs: list[tuple[str, str]] = []
        for name in step.fields:
            if FIELDS[kind][name].store is Store.NEEDS:
                modalities = options(Modality.objects.ordered(), language=active_language())
                self.lines = NeedFormSet(
                    data, initial=record[name], prefix=name, form_kwargs={"modalities": modalities}
                )
            else:
                self.fields[name] = _form_field(kind, name)
                self.fields[name].folded = name in FOLDED  # type: ignore[attr-defined]  # read by the template

    def is_valid(self) -> bool:
        """Tell whether every field, and every need line if there are any, could be read."""
        return super().is_valid() and (self.lines is None or self.lines.is_valid())

    def values(self) -> dict[str, Any]:
        """Return what was written as fields of a record; what could not be read is left out."""
        values = {name: self.cleaned_data[name] for name in self.step.fields if name in self.cleaned_data}
        if self.lines is not None and self.lines.is_valid():
            rows = (form.cleaned_data for form in self.lines if form not in self.lines.deleted_forms)
            values["needs"] = [
                {name: row[name] for name in ("title", "description", "modality")} for row in rows if row
            ]
        return values

    def refuse(self, faults: Iterable[tuple[str, str]]) -> None:
        """Say what the rules refuse, at the fields at fault."""
        for name, message in faults:
            self.add_error(name if name in self.fields else None, message[:1].upper() + message[1:])

    def meet(self, refusal: DomainError, *, now: Mapping[str, Any], version: int) -> None:
        """Show what somebody else has written meanwhile beside what was written here; sent again, the latter stays."""
        self.add_error(None, str(refusal))
        self.catch_up(version)
        mine = self.values()
        for name in self.step.fields:
            if name in mine and mine[name] != now[name]:
                self.theirs.append((label_of(self.kind, name), self._in_words(name, now[name])))

    def _in_words(self, name: str, value: Any) -> str:
        if self.lines is not None and name == "needs":
            return "; ".join(need["title"] for need in value)
        known = {str(code): str(label) for code, label in getattr(self.fields[name], "choices", ())}
        listed = value if isinstance(value, list) else [value]
        return "; ".join(known.get(str(one), str(one)) for one in listed if one not in (None, ""))

    @cached_property
    def goals_with_targets(self) -> list[tuple[BoundWidget, list[BoundWidget]]]:
        """Return the boxes of the goals, each with those of its targets."""
        targets: dict[str, list[BoundWidget]] = defaultdict(list)
        for box in self["targets"]:
            targets[str(box.data["value"]).partition(".")[0]].append(box)
        return [(box, targets[str(box.data["value"])]) for box in self["goals"]]


class NewEntryForm(StepForm):
    """The first step of an entry that is not there yet, and whose it will be."""

    organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=Organisation.objects.none())
    field_order = ("organisation",)

    def __init__(self, data: Any = None, *, organisations: models.QuerySet[Organisation], **given: Any) -> None:
        super().__init__(data, **given)
        del self.fields["version"]  # there is none yet
        offer(self, organisations)
