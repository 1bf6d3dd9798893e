"""Matches, their explanations and conversations as JSON, and what may be said of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.parsing import Closed, TextField, WholeNumberField
from core.schema import sent_as
from matching.engine.explain import Explanation
from matching.enums import Actor, Answer, Band, EndingReason, Mark, MessageKind
from matching.models import Match, MatchMessage
from matching.services.explaining import in_words
from matching.services.moving import NOTE_MAX
from solutions.api.records import EntrySummarySerializer
from solutions.models import Entry
from solutions.rules.readers import NUMBER_MAX

SIDES = ("demand", "supply")
SIDE_CHOICES = [(side.value, side.label) for side in (Actor.DEMAND_SIDE, Actor.SUPPLY_SIDE)]
PUBLIC_ID = r"^[0-9a-z]{1,12}$"


class ReasonSerializer(serializers.Serializer[Any]):
    """One line of the sum."""

    feature = serializers.CharField(help_text="What was compared.")
    points = serializers.FloatField(help_text="Its part of the score, in hundredths.")
    most = serializers.FloatField(help_text="The most it could have.")
    words = serializers.CharField(help_text="What it rests on, in words.")


class ExplanationSerializer(serializers.Serializer[Any]):
    """A score in words; the points add up to it."""

    verdict = serializers.CharField()
    likelihood = serializers.CharField(help_text="How likely a curator accepts it; or that this is not calibrated yet.")
    lines = ReasonSerializer(many=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="What the two records do not state.")


def told(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation as `ExplanationSerializer` describes it."""
    words = asdict(explanation)
    return {name: words[name] for name in ("verdict", "likelihood", "lines", "missing")}


class SidesSerializer(serializers.Serializer[Any]):
    """The two entries of a match, each in summary, as far as include asks for them and the reader may know of them."""

    demand = EntrySummarySerializer(required=False, allow_null=True)
    supply = EntrySummarySerializer(required=False, allow_null=True)


class MatchSerializer(serializers.ModelSerializer[Match]):
    """A supply that could answer a demand, why, where it stands and who has to act."""

    id = serializers.CharField(source="public_id", read_only=True)
    demand = serializers.CharField(source="demand.public_id", read_only=True)
    demand_title = serializers.CharField(source="demand.title", read_only=True)
    supply = serializers.CharField(source="supply.public_id", read_only=True)
    supply_title = serializers.CharField(source="supply.title", read_only=True)
    supply_kind = serializers.CharField(source="supply.kind", read_only=True)
    organisation = serializers.CharField(source="supply.organisation.name", read_only=True)
    mark = serializers.ChoiceField(Mark.choices, allow_blank=True, help_text="Empty: no curator's.")
    demand_answer = serializers.ChoiceField(Answer.choices, allow_blank=True, help_text="Empty: none yet.")
    supply_answer = serializers.ChoiceField(Answer.choices, allow_blank=True, help_text="Empty: none yet.")
    next_actors = serializers.SerializerMethodField()
    explanation = serializers.SerializerMethodField()
    included = serializers.SerializerMethodField()

    class Meta:
        model = Match
        fields = (
            "id",
            "demand",
            "demand_title",
            "supply",
            "supply_title",
            "supply_kind",
            "organisation",
            "score",
            "rank",
            "band",
            "state",
            "mark",
            "demand_answer",
            "supply_answer",
            "next_actors",
            "due_at",
            "introduced_at",
            "explanation",
            "created_at",
            "changed_at",
            "included",
        )
        read_only_fields = fields

    def get_fields(self) -> dict[str, Any]:
        """Return the fields asked for; none is required, since ?fields= leaves out and only ?include= includes."""
        wanted = set(self.context.get("fields") or MATCH_FIELDS)
        if self.context.get("included", True):  # without a request, the schema's
            wanted.add("included")
        found = {name: field for name, field in super().get_fields().items() if name in wanted}
        for field in found.values():
            field.read_only = field.required = False
        return found

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(Actor.choices)))
    def get_next_actors(self, match: Match) -> list[str]:
        """Return who has to act now."""
        return sorted(match.next_actors)

    @extend_schema_field(ExplanationSerializer)
    def get_explanation(self, match: Match) -> dict[str, Any]:
        """Return the verdict, the lines of the sum and what is missing."""
        return told(in_words(match.explanation, self.context["labels"]))

    @extend_schema_field(SidesSerializer(required=False))
    def get_included(self, match: Match) -> dict[str, Any]:
        """Return the entries asked for; null for one that the reader may not know of."""
        known: dict[int, Entry] = self.context["known"]
        keys = {"demand": match.demand_id, "supply": match.supply_id}
        found = {side: known.get(keys[side]) for side in SIDES if side in self.context["included"]}
        return {side: EntrySummarySerializer(entry).data if entry else None for side, entry in found.items()}


MATCH_FIELDS = [name for name in MatchSerializer.Meta.fields if name != "included"]


@sent_as({"note": "Both ministries asked for it."})
class NotedSerializer(Closed, serializers.Serializer[Any]):
    """What to say about an act."""

    note = TextField(required=False, default="", allow_blank=True, max_length=NOTE_MAX)


@sent_as({"side": "demand_side", "note": ""})
class SidedSerializer(NotedSerializer):
    """An act of one of the two sides."""

    side = serializers.ChoiceField(SIDE_CHOICES)


@sent_as({"reason": "wrong_time", "note": "Not before the elections."})
class ReasonedSerializer(NotedSerializer):
    """An ending, with one of the reasons that it may have."""

    reason = serializers.ChoiceField(EndingReason.choices)


@sent_as({"side": "supply_side", "reason": "no_capacity", "note": "All places are taken."})
class DecliningSerializer(SidedSerializer, ReasonedSerializer):
    """A side's refusal."""


@sent_as({"needs": [1, 3]})
class NeedsSerializer(Closed, serializers.Serializer[Any]):
    """The needs of the demand that a match answers, by their places in its list; the first is 1."""

    needs = serializers.ListField(child=WholeNumberField(min_value=1, max_value=NUMBER_MAX), max_length=100)


@sent_as({"demand": "4q7mz2w9k3xd", "supply": "8r2nv6t5h1cb", "note": "They met in June."})
class NewMatchSerializer(NotedSerializer):
    """A pair that a curator proposes, by public ids."""

    demand = serializers.RegexField(PUBLIC_ID)
    supply = serializers.RegexField(PUBLIC_ID)


@sent_as({"kind": "question", "text": "How many trainers could come in March?"})
class NewMessageSerializer(Closed, serializers.Serializer[Any]):
    """A question or an answer."""

    kind = serializers.ChoiceField(MessageKind.choices)
    text = TextField(max_length=NOTE_MAX)


class MessageSerializer(serializers.ModelSerializer[MatchMessage]):
    """A question or an answer on an introduced match; both sides and the curators read it."""

    author = serializers.SerializerMethodField()
    side = serializers.ChoiceField(Actor.choices, source="actor")

    class Meta:
        model = MatchMessage
        fields = ("id", "kind", "side", "author", "text", "at")
        read_only_fields = fields

    def get_author(self, message: MatchMessage) -> str:
        """Return the author's name; empty where there is none any more."""
        return message.author.name if message.author else ""


class PairSerializer(serializers.Serializer[Any]):
    """What the engine thinks of a pair, on record or not: its sum, or what excludes it."""

    demand = serializers.CharField()
    supply = serializers.CharField()
    match = serializers.CharField(allow_null=True, help_text="The match on record, where the reader may know of one.")
    excluded = serializers.CharField(allow_null=True, help_text="Why the supply may not answer the demand.")
    score = serializers.FloatField(allow_null=True)
    band = serializers.ChoiceField(Band.choices, allow_null=True)
    explanation = ExplanationSerializer(allow_null=True)
