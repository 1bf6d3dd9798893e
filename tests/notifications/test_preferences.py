"""What a person is mailed and how soon, digests, and the link that switches e-mails off."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from core.links import ExpiredLinkError, ForgedLinkError, opened, seal
from notifications import services, tasks
from notifications.enums import Frequency
from notifications.models import Email, Notice, Preference
from notifications.queries import frequencies_of
from notifications.services import digests
from notifications.services.preferences import LINK_LIFE, unsubscribe_url
from tests.factories import NOW, UserFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def choose(user, frequency, code="test.event"):
    services.set_preferences(user=user, frequencies={code: Frequency(frequency)})


def path_of(email):
    return unsubscribe_url(email).removeprefix(settings.SITE_URL)


@pytest.mark.parametrize(("frequency", "mailed"), [("at_once", 1), ("daily", 0), ("weekly", 0), ("never", 0)])
def test_a_notice_stands_at_once_and_is_mailed_as_chosen(cast, tell, frequency, mailed):
    choose(cast.focal_point, frequency)
    assert tell(cast.focal_point) == 1
    assert Notice.objects.get().frequency == frequency
    assert Email.objects.count() == mailed


def test_who_did_it_is_not_told(cast, tell):
    assert tell(cast.focal_point, cast.colleague, by=cast.focal_point) == 1
    assert Notice.objects.get().recipient == cast.colleague
    assert Email.objects.get().recipient == cast.colleague


def test_a_digest_is_what_is_in_no_email_yet(cast, tell):
    choose(cast.focal_point, "daily")
    for number in range(3):
        tell(cast.focal_point, key=str(number), title=f"number {number}", at=NOW + timedelta(minutes=number))
    tell(cast.colleague, key="0")
    Notice.objects.filter(dedup_key="1").update(read_at=NOW)
    assert services.send_digests(frequency=Frequency.WEEKLY, at=NOW + DAY) == 0
    assert services.send_digests(frequency=Frequency.DAILY, at=NOW + DAY) == 1
    assert services.send_digests(frequency=Frequency.DAILY, at=NOW + DAY) == 0
    [digest] = Email.objects.filter(recipient=cast.focal_point)
    assert digest.subject == "2 notices from South-South Match"
    assert re.findall(r"number \d", digest.text) == ["number 2", "number 0"]
    assert f"{settings.SITE_URL}/things/1/" in digest.text
    assert set(digest.notices.values_list("dedup_key", flat=True)) == {"0", "2"}
    tell(cast.focal_point, key="late", at=NOW + 2 * DAY)
    assert services.send_digests(frequency=Frequency.DAILY, at=NOW + 40 * DAY) == 1
    assert services.send_digests(frequency=Frequency.DAILY, at=NOW + 41 * DAY) == 0


def test_a_digest_is_in_the_readers_language(tell):
    reader = UserFactory(language="fr")
    choose(reader, "weekly")
    tell(reader)
    tasks.send_digests(frequency="weekly", added_later=True)
    assert "Oui: L'eau & <la terre>" in Email.objects.get().text


def test_a_long_digest_names_the_newest_and_counts_the_rest(cast, tell, monkeypatch):
    monkeypatch.setattr(digests, "LISTED", 2)
    choose(cast.focal_point, "daily")
    for number in range(4):
        tell(cast.focal_point, key=str(number), title=f"number {number}", at=NOW + timedelta(minutes=number))
    assert services.send_digests(frequency=Frequency.DAILY, at=NOW + DAY) == 1
    digest = Email.objects.get()
    assert digest.subject.startswith("4 notices")
    assert re.findall(r"number \d", digest.text) == ["number 3", "number 2"]
    assert "And others" in digest.text
    assert digest.notices.count() == 4


def test_digests_at_once_mail_each_notice_once(at_once, tell):
    def fill():
        people = UserFactory.create_batch(5)
        for person in people:
            choose(person, "daily")
        tell(*people)

    at_once(fill)
    made = at_once(*[lambda: services.send_digests(frequency=Frequency.DAILY, at=NOW + 36500 * DAY)] * 4)
    assert sum(made) == 5
    assert at_once(Email.objects.count) == [5]


def test_who_is_inactive_keeps_what_waits(cast, tell):
    choose(cast.focal_point, "daily")
    tell(cast.focal_point)
    cast.focal_point.is_active = False
    cast.focal_point.save()
    assert services.send_digests(frequency=Frequency.DAILY, at=NOW + DAY) == 0
    assert Notice.objects.waiting(Frequency.DAILY).count() == 1


def test_what_waits_follows_a_new_choice(cast, tell):
    choose(cast.focal_point, "daily")
    tell(cast.focal_point)
    choose(cast.focal_point, "weekly")
    assert Notice.objects.get().frequency == Frequency.WEEKLY
    choose(cast.focal_point, "at_once")
    assert Notice.objects.get().frequency == Frequency.WEEKLY
    choose(cast.focal_point, "never")
    assert Notice.objects.get().frequency == Frequency.NEVER
    choose(cast.focal_point, "daily")
    assert Notice.objects.get().frequency == Frequency.NEVER
    assert Preference.objects.get().frequency == Frequency.DAILY


def test_the_page_shows_the_kinds_of_ones_roles_and_keeps_choices(cast, client):
    page = reverse("notice-settings")
    assert client.get(page)["Location"] == f"{reverse('account_login')}?next={page}"
    client.force_login(cast.publisher)
    shown = client.get(page).context["form"].fields
    assert "matching.supply_proposed" in shown
    assert "matching.new_matches" not in shown
    chosen = dict.fromkeys(shown, "daily") | {"matching.supply_proposed": "never"}
    assert client.post(page, chosen)["Location"] == page
    assert frequencies_of(cast.publisher) == chosen
    refused = client.post(page, {**chosen, "test.event": "hourly"})
    assert "test.event" in refused.context["form"].errors
    assert frequencies_of(cast.publisher) == chosen
    client.post(page, {**chosen, "matching.new_matches": "never"})
    assert not Preference.objects.filter(kind="matching.new_matches").exists()
    assert frequencies_of(cast.curator).keys() == {"notifications.mail_switched_off", "test.event"} | {
        code for code in frequencies_of(cast.curator) if code.startswith(("matching.", "solutions."))
    }


def test_the_link_says_what_it_does_and_does_it_by_post_only(cast, tell, time_machine):
    time_machine.move_to(NOW)
    tell(cast.focal_point)
    strict = Client(enforce_csrf_checks=True)
    page = path_of(Email.objects.get())
    for _ in range(2):
        shown = strict.get(page)
        assert shown.status_code == 200
        assert "A made-up event" in shown.content.decode()
        assert strict.head(page).status_code == 200
    assert not Preference.objects.exists()
    for _ in range(2):
        done = strict.post(page, {"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200
        assert "Done" in done.content.decode()
        preference = Preference.objects.get()
        assert (preference.user, preference.kind, preference.frequency) == (
            cast.focal_point, "test.event", Frequency.NEVER,
        )  # fmt: skip


def test_the_link_of_a_digest_switches_off_what_it_gathers(cast, tell):
    choose(cast.focal_point, "daily")
    choose(cast.focal_point, "weekly", code="matching.new_matches")
    tell(cast.focal_point)
    services.send_digests(frequency=Frequency.DAILY, at=NOW)
    sealed = path_of(Email.objects.get()).split("/")[-2]
    services.unsubscribe(sealed=sealed, at=NOW)
    found = frequencies_of(cast.focal_point)
    assert (found["test.event"], found["matching.new_matches"]) == (Frequency.NEVER, Frequency.WEEKLY)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("damage", "status"), [("cut", 404), ("changed", 404), ("elsewhere", 404), ("expired", 410)])
def test_a_forged_or_expired_link_is_refused_and_changes_nothing(
    cast, client, tell, time_machine, method, damage, status
):
    time_machine.move_to(NOW)
    tell(cast.focal_point)
    page = path_of(Email.objects.get())
    sealed = page.split("/")[-2]
    if damage == "cut":
        page = page.replace(sealed, sealed[:-3])
    elif damage == "changed":
        page = page.replace(sealed, "A" + sealed[1:])
    elif damage == "elsewhere":
        other = seal("some.other.purpose", [cast.focal_point.pk, "test.event"], until=NOW + DAY)
        page = page.replace(sealed, other)
    else:
        time_machine.move_to(NOW + LINK_LIFE + timedelta(seconds=1))
    answer = getattr(client, method)(page)
    assert answer.status_code == status
    assert "Nothing was changed." in answer.content.decode()
    assert not Preference.objects.exists()


def test_the_link_of_someone_who_is_gone_leads_nowhere(cast, client, tell):
    tell(cast.focal_point)
    page = path_of(Email.objects.get())
    type(cast.focal_point).objects.filter(pk=cast.focal_point.pk).delete()
    assert client.post(page).status_code == 404
    assert not Preference.objects.exists()


def test_a_seal_holds_content_purpose_and_time():
    sealed = seal("purpose", ["é", 7], until=NOW)
    assert sealed == seal("purpose", ["é", 7], until=NOW)
    assert opened("purpose", sealed, at=NOW) == ["é", 7]
    with pytest.raises(ExpiredLinkError):
        opened("purpose", sealed, at=NOW + timedelta(seconds=1))
    for forged in (sealed[:-1], "x" + sealed, "", ".", "a.b", "é.é", sealed.split(".")[0]):
        with pytest.raises(ForgedLinkError):
            opened("purpose", forged, at=NOW)
