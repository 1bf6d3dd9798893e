"""Partners: what they ask is counted, what they ask to keep waits for the curators with their consent."""

import pytest

from accounts.models import AccessToken
from examples.client import match
from matching.api.partners import MEDIA_TYPE
from matching.models import KeptProfile, PartnerUse
from matching.services.partners import CONSENT
from solutions.enums import EntryState
from solutions.models import Entry
from tests.matching.conftest import GARDENS, catalogue

__all__ = ["catalogue"]
pytestmark = pytest.mark.usefixtures("taxonomy")
ADDRESS = "/api/v1/match"
DEMAND = {"kind": "demand", "language": "en", **GARDENS}


def ask(client, **fields):
    headers = {"idempotency-key": fields.pop("key")} if "key" in fields else {}
    return client.post(ADDRESS, {"profile": DEMAND, **fields}, format="json", headers=headers)


def keep(organisation, **fields):
    return {"organisation": organisation.slug, "consent": True, **fields}


def test_nothing_is_kept_that_was_not_asked_for(caller, cast, catalogue):
    before = Entry.objects.count()
    answer = ask(caller("focal_point", "match", "write"))
    assert (answer.status_code, answer.json()["stored"]) == (200, None)
    assert "was not kept" in answer.json()["disclaimer"]
    assert (Entry.objects.count(), KeptProfile.objects.count()) == (before, 0)


def test_a_profile_is_kept_when_asked_and_waits_for_the_curators_with_the_consent(caller, cast, catalogue):
    answer = ask(caller("focal_point", "match", "write"), id="ours-7", store=keep(cast.ministry))
    assert answer.status_code == 200
    assert len(answer.json()["results"]) > 0
    assert "was kept, as you asked" in answer.json()["disclaimer"]
    entry = Entry.objects.get(public_id=answer.json()["stored"]["id"])
    assert (entry.organisation, entry.created_by, entry.title) == (cast.ministry, cast.focal_point, GARDENS["title"])
    assert (entry.state, answer.json()["stored"]["state"]) == (EntryState.SUBMITTED, "submitted")
    assert [(event.from_state, event.to_state) for event in entry.events.all()] == [("draft", "submitted")]
    kept = KeptProfile.objects.get()
    token = AccessToken.objects.get()
    assert (kept.entry, kept.reference, kept.consent) == (entry, "ours-7", CONSENT)
    assert (kept.name, kept.token_id, kept.user) == (token.name, token.public_id, cast.focal_point)
    assert caller("visitor").get(f"/api/v1/demands/{entry.public_id}/").status_code == 404
    assert caller("curator").get(f"/api/v1/demands/{entry.public_id}/").json()["state"] == "submitted"


def test_a_profile_sent_twice_under_one_key_is_kept_once(caller, cast, catalogue):
    client = caller("focal_point", "match", "write")
    first, again = (ask(client, key="k-1", store=keep(cast.ministry)) for _ in range(2))
    assert first.json() == again.json()
    assert KeptProfile.objects.count() == 1
    use = PartnerUse.objects.get()
    assert (use.calls, use.kept) == (2, 1)


@pytest.mark.parametrize("consent", [False, None, "true", 1, "yes", {}])
def test_without_consent_nothing_is_kept(caller, cast, catalogue, consent):
    before = Entry.objects.count()
    answer = ask(caller("focal_point", "match", "write"), store=keep(cast.ministry, consent=consent))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "#/store/consent")
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    ("person", "scopes", "home", "status"),
    [
        ("focal_point", ("match",), "ministry", 403),
        ("focal_point", ("match", "write"), "other", 403),
        ("publisher", ("match", "write"), "agency", 403),
        ("observer", ("match", "write"), "ministry", 403),
        ("outsider", ("match", "write"), "unverified", 409),
        ("outsider", ("match", "write"), "other", 200),
    ],
)
def test_only_who_speaks_for_an_organisation_keeps_profiles_there(
    caller, cast, catalogue, person, scopes, home, status
):
    before = Entry.objects.count()
    answer = ask(caller(person, *scopes), store=keep(getattr(cast, home)))
    assert answer.status_code == status
    assert Entry.objects.count() - before == KeptProfile.objects.count() == (1 if status == 200 else 0)


def test_a_profile_that_is_no_whole_record_is_answered_but_not_kept(caller, cast, catalogue):
    client, profile = caller("focal_point", "match", "write"), {"kind": "demand", "title": "Solar pumps"}
    assert ask(client, profile=profile).status_code == 200
    refused = ask(client, profile=profile, store=keep(cast.ministry))
    assert refused.status_code == 409
    assert {error["pointer"] for error in refused.json()["errors"]} == {"#/profile/summary", "#/profile/language"}
    assert not KeptProfile.objects.exists()
    for wrong, field in (({"kind": "x"}, "kind"), ({**DEMAND, "goals": [99]}, "goals")):
        assert ask(client, profile=wrong).json()["errors"][0]["pointer"] == f"#/profile/{field}"


def test_each_partner_is_counted_by_day_and_curators_see_it(caller, cast, catalogue, client):
    one, other = caller("publisher", "match"), caller("focal_point", "match", "write")
    hits = len(ask(one).json()["results"])
    ask(one, limit=1)
    ask(one, limit=0)
    ask(other, store=keep(cast.ministry))
    later = MEDIA_TYPE.replace("v1.0", "v9.0")
    assert one.post(ADDRESS, b"{}", content_type=later).status_code == 415
    assert caller("visitor").post(ADDRESS, {}, format="json").status_code == 401
    counted = {use.user: (use.calls, use.refused, use.results, use.kept) for use in PartnerUse.objects.all()}
    assert counted == {cast.publisher: (4, 2, hits + 1, 0), cast.focal_point: (1, 0, hits, 1)}
    for person, status in (("curator", 200), ("publisher", 302)):
        client.force_login(getattr(cast, person))
        for page in ("partneruse", "keptprofile"):
            assert client.get(f"/admin/matching/{page}/").status_code == status
    client.force_login(cast.curator)
    assert GARDENS["title"] in client.get("/admin/matching/keptprofile/").content.decode()
    assert CONSENT in client.get(f"/admin/matching/keptprofile/{KeptProfile.objects.get().pk}/change/").content.decode()


def test_counts_outlive_a_token_that_is_revoked(caller, cast, catalogue):
    ask(caller("publisher", "match"))
    AccessToken.objects.all().delete()
    assert PartnerUse.objects.get().name == "test"


@pytest.mark.django_db(transaction=True)
def test_the_example_client_keeps_a_profile_only_when_told_to(live_server, cast, catalogue):
    _, secret = AccessToken.objects.create(cast.focal_point, name="partner", scopes=["match", "write"])
    assert match(live_server.url, secret, DEMAND)["stored"] is None
    stored = match(live_server.url, secret, DEMAND, store_for=cast.ministry.slug)["stored"]
    assert stored["id"] == KeptProfile.objects.get().entry.public_id
