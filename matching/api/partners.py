"""The federated match: another platform's profile is read and answered, and kept only when it asks for that."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import exceptions, permissions, serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.adapter.bearer import BearerToken
from accounts.enums import Scope
from accounts.models import AccessToken, Organisation
from accounts.queries import person
from core.idempotency import PARAMETER as IDEMPOTENCY_KEY
from core.idempotency import once
from core.parsing import Closed, ObjectParser, TextField, WholeNumberField
from core.problems import inside
from matching.api.drafts import HitSerializer, ProfileSerializer, profile_in, told
from matching.services.drafts import answers_to, draft_of
from matching.services.partners import CONSENT, keep_profile, note_use
from solutions.enums import EntryState
from solutions.models import Entry

MEDIA_TYPE = "application/vnd.south-south-match.v1.0+json"
HITS_MAX = 50
DISCLAIMER = _(
    "A score says how well two descriptions fit, not whether a cooperation is advisable. What was sent was not kept. "
    "Ask the organisation before you rely on its entry, and do not use the answers to identify persons."
)
DISCLAIMER_KEPT = _(
    "A score says how well two descriptions fit, not whether a cooperation is advisable. What was sent was kept, as "
    "you asked. Ask the organisation before you rely on its entry, and do not use the answers to identify persons."
)
EXAMPLE = {
    "id": "ours-7",
    "profile": {"kind": "demand", "title": "Solar pumps", "summary": "Gardens need water.", "language": "en"},
    "limit": 10,
}


@extend_schema_field({"type": "boolean", "enum": [True]})
class Agreed(serializers.BooleanField):
    """A consent: true, and nothing that stands for it."""

    def to_internal_value(self, data: Any) -> bool:
        if data is not True:
            raise serializers.ValidationError(_("Write true; without consent nothing is kept."))
        return True


class UnknownOrganisationError(exceptions.ValidationError):
    """The slug is well written but nobody's."""

    status_code = 409


class KeepSerializer(Closed, serializers.Serializer[Any]):
    """That the profile is to be kept, for which organisation, and the consent to it."""

    organisation = serializers.SlugField(max_length=80, trim_whitespace=False, help_text="The slug of one's own.")
    consent = Agreed(help_text=f"Agrees to this: {CONSENT}")


class HeadSerializer(Closed, serializers.Serializer[Any]):
    """What of a match query is read before the profile itself, whose fields are for the rules of records."""

    id = TextField(required=False, max_length=200, default="", help_text="The caller's own name for it.")
    profile = serializers.DictField()
    limit = WholeNumberField(required=False, default=10, min_value=1, max_value=HITS_MAX)
    store = KeepSerializer(required=False, help_text="Without it nothing is kept. Needs the scope write too.")


class MatchQuerySerializer(HeadSerializer):
    """A profile of another platform, how many answers are wanted, and whether it is to be kept."""

    profile = ProfileSerializer()  # type: ignore[assignment]  # the same field, described


class StoredSerializer(serializers.Serializer[Any]):
    """The entry that a profile was kept as."""

    id = serializers.CharField()
    state = serializers.ChoiceField(EntryState.choices)
    url = serializers.URLField()


class MatchAnswerSerializer(serializers.Serializer[Any]):
    """The entries that fit a profile, best first."""

    id = serializers.CharField(allow_blank=True)
    results = HitSerializer(many=True)
    stored = StoredSerializer(allow_null=True)
    engine = serializers.CharField()
    disclaimer = serializers.CharField()


class MatchParser(ObjectParser):
    """A match query of the first version."""

    media_type = MEDIA_TYPE


class MatchRenderer(JSONRenderer):
    """An answer of the first version."""

    media_type = MEDIA_TYPE
    format = "match"


class FederatedMatchView(APIView):
    """Answer another platform's profile, after the model of the Matchmaker Exchange.

    Each partner has a token of its own with the scope "match", by which its calls are counted. An unknown version of
    the media type is refused: 406 for what is to be answered, 415 for what is sent.
    """

    authentication_classes = (BearerToken,)
    permission_classes = (permissions.IsAuthenticated,)
    parser_classes = (MatchParser, ObjectParser)
    renderer_classes = (MatchRenderer, JSONRenderer)
    throttle_scope = "engine"
    token_scope = Scope.MATCH
    partner: AccessToken | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.partner = request.auth if isinstance(request.auth, AccessToken) else None

    @extend_schema(
        request=MatchQuerySerializer,
        responses=MatchAnswerSerializer,
        operation_id="match",
        parameters=[IDEMPOTENCY_KEY],
        examples=[
            OpenApiExample("Asked only", EXAMPLE, request_only=True),
            OpenApiExample(
                "To be kept",
                {**EXAMPLE, "store": {"organisation": "ministry-of-agriculture", "consent": True}},
                request_only=True,
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        """Rank the catalogue for a profile. Nothing of it is kept, unless `store` asks for it and consents.

        What is kept is an entry of the partner's organisation that waits for the curators; it is published only if
        they approve it. The consent is recorded with it.
        """
        at = timezone.now()

        def answer() -> Response:
            head = HeadSerializer(data=request.data)
            head.is_valid(raise_exception=True)
            asked = head.validated_data
            with inside("profile"):
                kind, values = profile_in(asked["profile"])
                draft = draft_of(kind=kind, values=values, on=at.date())
            answers = answers_to(profile=draft.profile, reader=request.user, most=asked["limit"], at=at)
            entry = None
            if keep := asked.get("store"):
                organisation, token = self._organisation(keep["organisation"]), self._writing()
                with inside("profile"):
                    entry = keep_profile(
                        kind=kind,
                        values=values,
                        organisation=organisation,
                        reference=asked["id"],
                        token=token,
                        by=person(request.user),
                        at=at,
                    )
            return Response(
                {
                    "id": asked["id"],
                    "results": told(answers.pairs),
                    "stored": _stored(entry) if entry else None,
                    "engine": answers.engine,
                    "disclaimer": str(DISCLAIMER_KEPT if entry else DISCLAIMER),
                }
            )

        return once(request, answer, at=at)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        done: Response = super().finalize_response(request, response, *args, **kwargs)
        if self.partner:
            answered = done.data if done.status_code == 200 else {}
            note_use(
                token=self.partner,
                results=len(answered.get("results", ())),
                kept=bool(answered.get("stored")) and "Idempotency-Replayed" not in done.headers,
                refused=done.status_code >= 400,
                at=timezone.now(),
            )
        return done

    def _writing(self) -> AccessToken:
        if self.partner is None or not self.partner.allows(Scope.WRITE):
            raise exceptions.PermissionDenied(_("This token is not for such calls; its scopes do not allow it."))
        return self.partner

    def _organisation(self, slug: str) -> Organisation:
        found = Organisation.objects.visible_to(self.request.user).filter(slug=slug).first()
        if found is None:
            message = _("%(value)s is no organisation here; write its slug.") % {"value": slug}
            raise UnknownOrganisationError({"store": {"organisation": [message]}})
        return found


def _stored(entry: Entry) -> dict[str, str]:
    return {
        "id": entry.public_id,
        "state": entry.state,
        "url": f"{settings.SITE_URL}{reverse('entry-detail', args=[entry.public_id])}",
    }
