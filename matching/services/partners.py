"""Other platforms that ask for matches: what they use is counted, what they ask to keep is kept with their consent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F

from accounts.models import AccessToken, Organisation, User
from matching.models import KeptProfile, PartnerUse
from solutions.enums import Kind
from solutions.models import Entry
from solutions.services import create_entry, submit_entry

CONSENT: Final = (
    "I may give this profile away. It is kept as an entry of my organisation, read by the curators of this platform, "
    "and published with the name of my organisation if they approve it. My organisation may withdraw it at any time."
)
"""What a partner agrees to; it is recorded in these words, whatever they become later."""


def note_use(*, token: AccessToken, results: int, kept: bool, refused: bool, at: datetime) -> None:
    """Count one call of a partner on its day."""
    use, _created = PartnerUse.objects.get_or_create(
        token_id=token.public_id, day=at.date(), defaults={"name": token.name, "user": token.user}
    )
    PartnerUse.objects.filter(pk=use.pk).update(
        calls=F("calls") + 1,
        refused=F("refused") + int(refused),
        results=F("results") + results,
        kept=F("kept") + int(kept),
    )


@transaction.atomic
def keep_profile(
    *,
    kind: Kind,
    values: Mapping[str, object],
    organisation: Organisation,
    reference: str,
    token: AccessToken,
    by: User,
    at: datetime,
) -> Entry:
    """Keep a partner's profile as an entry that waits for the curators, and record the consent to it.

    Raises NotPermittedError for an organisation or a kind that the partner does not speak for, and InvalidEntryError
    naming every field at fault.
    """
    entry = create_entry(kind=kind, organisation=organisation, values=values, by=by, at=at)
    KeptProfile.objects.create(
        entry_id=entry.pk,
        reference=reference,
        consent=CONSENT,
        at=at,
        token_id=token.public_id,
        name=token.name,
        user=by,
    )
    submit_entry(entry=entry, by=by, note="", at=at)
    return entry
