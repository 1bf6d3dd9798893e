"""Every kind of notice as it really comes about, in every language: both parts, and each link opened by its reader."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.http import QueryDict
from django.test import Client

from accounts.models import User
from matching.enums import Actor, MessageKind
from matching.models import Match
from matching.rules.clock import Alarm, alarms
from matching.services.answering import accept
from matching.services.clocks import tick
from matching.services.conversing import post_message
from matching.services.curation import introduce, shortlist
from matching.services.ranking import rank_everything
from matching.services.searching import index_due
from matching.services.watching import keep_search, tell_of_new
from notifications.enums import EmailState, Frequency
from notifications.models import Email, Notice
from notifications.services import deliver, lift_bounces, record_bounce, send_digests
from solutions.services.freshness import keep_fresh, months_before
from tests.factories import NOW, SolutionFactory
from tests.matching.conftest import catalogue
from tests.notifications.test_kinds import DECLARED, RIGHT_TO_LEFT, Page

__all__ = ["catalogue"]
LANGUAGES = [code for code, _name in settings.LANGUAGES]
DAY = timedelta(days=1)
SITE = re.compile(rf"{re.escape(settings.SITE_URL)}(/\S*)")


def events(cast, catalogue):
    """Let everything happen of which people are told, a step at a time."""
    keep_search(owner=cast.outsider, asked=QueryDict("q=solar"), name="Solar", at=NOW)
    yield rank_everything(at=NOW)
    pumps, training = (Match.objects.get(supply=supply) for supply in (catalogue.pumps, catalogue.training))
    shortlist(match=training, by=cast.curator, at=NOW)
    shortlist(match=pumps, by=cast.focal_point, at=NOW)
    yield introduce(match=pumps, by=cast.curator, note="Both work in the Sahel.", at=NOW)
    post_message(match=pumps, by=cast.publisher, kind=MessageKind.QUESTION, text="How many places?", at=NOW)
    yield accept(match=pumps, side=Actor.SUPPLY_SIDE, by=cast.publisher, note="Gladly.", at=NOW)
    for alarm in Alarm:
        yield tick(at=dict(alarms(pumps.due_at))[alarm])
    SolutionFactory(organisation=cast.agency, title="Solar mills", published_at=NOW + DAY / 2)
    index_due()
    yield tell_of_new(at=NOW + DAY)
    record_bounce(email=Email.objects.filter(recipient=cast.curator)[0], reason="550 No such mailbox", at=NOW + 2 * DAY)
    lift_bounces(user=cast.curator, at=NOW + 3 * DAY)
    yield send_digests(frequency=Frequency.DAILY, at=NOW + 3 * DAY)
    for months in settings.FRESHNESS_MONTHS.values():
        yield keep_fresh(at=months_before(NOW, -months) + DAY)


def check(email, language):
    """Send an e-mail; look at both its parts, and open every link in it as its reader."""
    mail.outbox.clear()
    assert deliver(email_id=email.pk, at=email.next_attempt_at), email
    [message] = mail.outbox
    [(html, _type)] = message.alternatives
    page = Page(html)
    assert email.language == language
    assert page.root == {"lang": language, "dir": "rtl" if language == RIGHT_TO_LEFT else "ltr"}
    assert email.recipient.name in message.body
    assert not re.search(r"\{[{%]|%\(|None", message.body + html + message.subject)
    paths = SITE.findall(message.body)
    assert {f"{settings.SITE_URL}{path}" for path in paths} == set(page.links)
    assert message.extra_headers["List-Unsubscribe"] == f"<{settings.SITE_URL}{paths[-1]}>"
    with time_machine.travel(email.created_at, tick=False):
        reader = Client(headers={"accept-language": language})
        reader.force_login(email.recipient)
        assert {path: reader.get(path, follow=True).status_code for path in paths} == dict.fromkeys(paths, 200), (
            email.scope
        )
        assert Client().get(paths[-1]).status_code == 200  # without log-in


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_comes_about_and_its_mail_is_whole_and_leads_to_open_pages(cast, catalogue, language):
    cast.colleague.memberships.all().delete()  # would get what the focal point gets
    for name in ("focal_point", "publisher", "outsider", "curator"):
        User.objects.filter(pk=getattr(cast, name).pk).update(language=language, name=f"<{name}>")
        getattr(cast, name).refresh_from_db()
    for _step in events(cast, catalogue):
        for email in Email.objects.filter(state=EmailState.QUEUED).select_related("recipient").order_by("pk"):
            check(email, language)
    kinds = {code for code in DECLARED if not code.startswith("test.")}
    assert set(Notice.objects.values_list("kind", flat=True)) == kinds
    # Of mail that came back people are told in the application, and in a summary once it may be sent again.
    mailed = kinds - {"notifications.mail_switched_off"} | {Frequency.DAILY}
    assert set(Email.objects.values_list("scope", flat=True)) == mailed
