"""Entries as JSON: the fields of the record format (docs/data-model.md), under public ids."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from accounts.api.organisations import OrganisationSerializer
from core.parsing import Closed, TextField
from core.schema import sent_as
from solutions.enums import EntryState, FundingStatus, Kind, SolutionStatus, Urgency, Visibility
from solutions.models import Entry, EntryTranslation, source_texts
from solutions.rules import (
    BODY_MAX,
    FIELDS,
    LONG_TEXT_MAX,
    PROVENANCE,
    SUMMARY_FIELDS,
    SUMMARY_MAX,
    TITLE_MAX,
    URL_MAX,
    Field,
    Store,
)
from solutions.rules.readers import NUMBER_MAX, day, whole_number
from solutions.services.records import public_id_of, record_of

HEAD = ("id", "kind", "organisation", "published_at", "updated_at")
STATE = "state"
NAMES = "names"
ORGANISATION = "organisation"
REFERENCES = "references"
CHOICES: dict[str, Any] = {
    "status": SolutionStatus.choices,
    "funding_status": FundingStatus.choices,
    "urgency": Urgency.choices,
    "visibility": Visibility.choices,
}
LENGTHS = {
    "title": TITLE_MAX,
    "summary": SUMMARY_MAX,
    "body": BODY_MAX,
    "contact_url": URL_MAX,
    "budget": 200,
    "endorsing_body": 200,
    "capacity_unit": 60,
}


class NeedSerializer(serializers.Serializer[Any]):
    """One need within a demand."""

    title = serializers.CharField(max_length=TITLE_MAX)
    description = serializers.CharField(required=False, allow_blank=True, allow_null=True, max_length=LONG_TEXT_MAX)
    modality = serializers.CharField(required=False, allow_null=True)


class ProvenanceSerializer(serializers.Serializer[Any]):
    """Where the words of an entry come from."""

    def get_fields(self) -> dict[str, Any]:
        options: dict[str, Any] = {"required": False, "allow_blank": True, "allow_null": True, "max_length": 1000}
        return {part: serializers.CharField(**options) for part in PROVENANCE}


class TranslationSerializer(serializers.Serializer[Any]):
    """The texts of an entry in another language, as far as they are translated and the reader may read them."""

    language = serializers.CharField()
    status = serializers.CharField(help_text="human or machine: who translated.")
    outdated = serializers.ListField(
        child=serializers.CharField(), help_text="Fields whose source changed since they were translated."
    )
    texts = serializers.DictField(child=serializers.CharField(), help_text="By the name of the field.")


class OrganisationNameSerializer(serializers.Serializer[Any]):
    """Whose entry it is."""

    slug = serializers.CharField()
    name = serializers.CharField()


class ReferenceSerializer(serializers.Serializer[Any]):
    """An entry that another one refers to."""

    id = serializers.CharField(source="public_id")
    kind = serializers.ChoiceField(Kind.choices)
    title = serializers.CharField()
    summary = serializers.CharField()
    language = serializers.CharField(source="language_id")
    country = serializers.CharField(source="country_id", allow_null=True)


class IncludedSerializer(serializers.Serializer[Any]):
    """Related records, as include asks for them."""

    organisation = OrganisationSerializer(required=False)
    references = ReferenceSerializer(many=True, required=False)


def api_field(name: str, field: Field, *, required: bool) -> serializers.Field[Any, Any, Any, Any]:
    """Return how a field of the record format is written in JSON; what it may hold is for `rules.clean` to say."""
    options: dict[str, Any] = {"required": required}
    if field.store is Store.NEEDS:
        return NeedSerializer(many=True, **options)
    if isinstance(field.empty, list):
        child = serializers.IntegerField() if name == "goals" else serializers.CharField(allow_blank=True)
        return serializers.ListField(child=child, max_length=100, **options)
    if isinstance(field.empty, dict):
        return ProvenanceSerializer(**options)
    if isinstance(field.empty, bool):
        return serializers.BooleanField(**options)
    if field.read is whole_number:
        return serializers.IntegerField(allow_null=True, min_value=0, max_value=NUMBER_MAX, **options)
    if field.read is day:
        return serializers.DateField(allow_null=True, **options)
    if name in CHOICES:
        return serializers.ChoiceField(CHOICES[name], **options)
    nothing: dict[str, Any] = {"allow_null": field.empty is None and not field.required}
    if field.store is Store.COLUMN:
        nothing |= {"allow_blank": not field.required, "max_length": LENGTHS.get(name, LONG_TEXT_MAX)}
    return serializers.CharField(**nothing, **options)


class RecordSerializer(serializers.Serializer[Any]):
    """An entry as its record, under its public id."""

    kind_fields: ClassVar[dict[str, Field]] = {}
    shows_state: ClassVar[bool] = False
    id = serializers.CharField(help_text="Permanent public id.")
    kind = serializers.ChoiceField(Kind.choices)
    organisation = OrganisationNameSerializer()
    published_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField()
    translations = TranslationSerializer(many=True, required=False, help_text="Of a single entry, not in lists.")
    names = serializers.DictField(
        child=serializers.CharField(), required=False, help_text="Of codes, when include=names asks for them."
    )
    included = IncludedSerializer(required=False)

    def get_fields(self) -> dict[str, Any]:
        # None is required: ?fields= leaves out.
        record = {name: api_field(name, f, required=False) for name, f in self.kind_fields.items()}
        found = {**super().get_fields(), **record}
        for one in found.values():
            one.required = False
        return found

    def to_representation(self, instance: Entry) -> dict[str, Any]:
        """Return the record: clean by the rules, so that no field needs to write its value again."""
        wanted: frozenset[str] = self.context.get("fields", frozenset())
        organisation = instance.organisation
        head = {
            "id": instance.public_id,
            "kind": instance.kind,
            "organisation": {"slug": organisation.slug, "name": organisation.name},
            "published_at": instance.published_at,
            "updated_at": instance.updated_at,
        }
        if self.shows_state:
            head[STATE] = instance.state
        if wanted:
            head = {name: value for name, value in head.items() if name in wanted}
        names = [name for name in self.kind_fields if name in wanted] if wanted else self.kind_fields
        data = {**head, **(record_of(instance, names, refer_by=public_id_of) if names else {})}
        translations = getattr(instance, "_prefetched_objects_cache", {}).get("translations")  # of with_translations
        if translations is not None and not wanted:
            data["translations"] = [self._translation(instance, row) for row in translations]
        if language := self.context.get("names_in"):
            data[NAMES] = _names(instance, self.kind_fields, language)
        if asked := self.context.get("included"):
            data["included"] = _included(instance, self.kind_fields, asked)
        return data

    def _translation(self, entry: Entry, row: EntryTranslation) -> dict[str, Any]:
        texts = {name: text for name, text in row.texts.items() if name.split(".")[0] in self.kind_fields}
        outdated = [name for name in row.outdated(source_texts(entry)) if name in texts]
        return {"language": row.language_id, "status": row.status, "outdated": outdated, "texts": texts}


def _included(entry: Entry, fields: dict[str, Field], asked: frozenset[str]) -> dict[str, Any]:
    """Return the related records asked for; without a query after `with_everything`."""
    found: dict[str, Any] = {}
    if ORGANISATION in asked:
        found[ORGANISATION] = OrganisationSerializer(entry.organisation).data
    if REFERENCES in asked:
        others: list[Entry] = []
        for name, field in fields.items():
            if field.store is Store.REFERENCE and (other := getattr(entry.details, name)):
                others.append(other)
            elif field.store is Store.REFERENCES:
                others += getattr(entry.details, name).all()
        found[REFERENCES] = ReferenceSerializer(others, many=True).data
    return found


def _names(entry: Entry, fields: dict[str, Field], language: str) -> dict[str, str]:
    """Return the name of every code that an entry holds, by "field:code"."""
    found: dict[str, str] = {}
    for name, field in fields.items():
        if field.store not in (Store.CODE, Store.CODES):
            continue
        value = getattr(entry if hasattr(Entry, name) else entry.details, name)
        rows = value.all() if field.store is Store.CODES else [value] if value else []
        found |= {f"{name}:{row.pk}": row.name_in(language) for row in rows}
    return found


class EntrySummarySerializer(RecordSerializer):
    """What lists show of an entry, and all that a stranger sees of a demand shown in summary."""

    kind_fields = {name: FIELDS[Kind.DEMAND][name] for name in SUMMARY_FIELDS}


class WholeSerializer(RecordSerializer):
    """An entry whole, and where it stands in moderation."""

    shows_state = True
    state = serializers.ChoiceField(EntryState.choices)


class SolutionSerializer(WholeSerializer):
    """A documented practice."""

    kind_fields = FIELDS[Kind.SOLUTION]


class OfferSerializer(WholeSerializer):
    """A standing offer of cooperation."""

    kind_fields = FIELDS[Kind.OFFER]


class DemandSerializer(WholeSerializer):
    """A capacity need of a country, whole."""

    kind_fields = FIELDS[Kind.DEMAND]


SOLUTION = {
    "title": "Solar pumps for village gardens",
    "summary": "Village gardens are watered by solar pumps that the users' association looks after.",
    "language": "en",
    "country": "SEN",
    "goals": [2, 7],
    "results": "1,200 women grow vegetables in the dry season.",
}
OFFER = {
    "title": "Training of solar pump technicians",
    "summary": "Technicians learn in four weeks to install and repair solar pumps.",
    "language": "en",
    "country": "BRA",
    "goals": [7],
}
DEMAND = {
    "title": "Pumps for vegetable gardens",
    "summary": "Women's groups need solar pumps to water vegetable gardens in the dry season.",
    "language": "en",
    "country": "SEN",
    "goals": [2, 7],
    "needs": [{"title": "Training of technicians"}],
}
CHANGE = {"summary": "The pumps now water forty gardens."}


class NewRecordSerializer(serializers.Serializer[Any]):
    """What may be sent to make or change an entry; it describes, `rules.clean` decides."""

    kind_fields: ClassVar[dict[str, Field]] = {}

    def get_fields(self) -> dict[str, Any]:
        found = {name: api_field(name, f, required=f.required) for name, f in self.kind_fields.items()}
        for name, field in self.kind_fields.items():
            found[name].allow_null = field.clearable and not field.required  # null empties a field
        return found


class NewEntrySerializer(NewRecordSerializer):
    """A new entry, of an organisation of one's own."""

    def get_fields(self) -> dict[str, Any]:
        return {"organisation": serializers.SlugField(max_length=80, help_text="Its slug."), **super().get_fields()}


@sent_as({"organisation": "cooperation-agency", **SOLUTION})
class NewSolutionSerializer(NewEntrySerializer):
    """A new solution."""

    kind_fields = FIELDS[Kind.SOLUTION]


@sent_as(CHANGE)
class SolutionChangeSerializer(NewRecordSerializer):
    """Changes of a solution; fields left out stay as they are."""

    kind_fields = FIELDS[Kind.SOLUTION]


@sent_as({"organisation": "cooperation-agency", **OFFER})
class NewOfferSerializer(NewEntrySerializer):
    """A new offer."""

    kind_fields = FIELDS[Kind.OFFER]


@sent_as(CHANGE)
class OfferChangeSerializer(NewRecordSerializer):
    """Changes of an offer; fields left out stay as they are."""

    kind_fields = FIELDS[Kind.OFFER]


@sent_as({"organisation": "ministry-of-agriculture", **DEMAND})
class NewDemandSerializer(NewEntrySerializer):
    """A new demand."""

    kind_fields = FIELDS[Kind.DEMAND]


@sent_as(CHANGE)
class DemandChangeSerializer(NewRecordSerializer):
    """Changes of a demand; fields left out stay as they are."""

    kind_fields = FIELDS[Kind.DEMAND]


@sent_as({"note": "Say in which districts."})
class NoteSerializer(Closed, serializers.Serializer[Any]):
    """What to say about a move; curators returning an entry have to."""

    note = TextField(required=False, allow_blank=True, max_length=2000)
