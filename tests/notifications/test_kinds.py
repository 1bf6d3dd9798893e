"""Every kind of notice that an app declares, in every language of the site: both parts, valid links."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.urls import resolve, reverse

from accounts.enums import Role
from notifications import rules
from notifications.models import Email
from notifications.services import deliver, notify
from tests.factories import NOW, UserFactory

DECLARED = sorted(rules.KINDS)
RIGHT_TO_LEFT = "ar"
LANGUAGES = sorted({code for code, _name in settings.LANGUAGES} | {RIGHT_TO_LEFT})


class Page(HTMLParser):
    """Gathers the links, the text and the attributes of the root of an HTML part."""

    def __init__(self, html):
        super().__init__()
        self.links, self.text, self.root = [], "", {}
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag == "a":
            self.links.append(dict(attributes)["href"])
        if tag == "html":
            self.root = dict(attributes)

    def handle_data(self, data):
        self.text += data


def test_the_apps_have_declared_their_kinds():
    assert {code.split(".")[0] for code in DECLARED} >= {"matching", "notifications"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", DECLARED)
@pytest.mark.django_db
def test_every_kind_in_every_language(code, language, server, client):
    kind = rules.KINDS[code]
    path = reverse("notice-list")
    reader = UserFactory(email="awa@example.org", name="Awa", language=language)
    assert notify(kind=code, recipients=[reader], event_key="1", context=dict(kind.example), path=path, at=NOW) == 1
    assert deliver(email_id=Email.objects.get().pk, at=NOW)
    message = server.received[0]
    assert message["Subject"].strip()
    assert message["To"] == "awa@example.org"
    plain, html = (message.get_body((part,)).get_content() for part in ("plain", "html"))
    page = Page(html)
    assert page.root == {"lang": language, "dir": "rtl" if language == RIGHT_TO_LEFT else "ltr"}
    assert not re.search(r"\{[{%]|%\(|None", plain + html)
    for value in kind.example.values():
        if isinstance(value, str) and " " in value:
            assert value in plain + message["Subject"]
    # The same words in both parts: what stands in the text above the footer is read in the HTML part too.
    words = re.split(r"\s-- ?\s", plain)[0].split()
    assert "Awa" in " ".join(words[:4])
    assert words == page.text.split()[len(message["Subject"].split()) :][: len(words)]
    links = re.findall(r"https?://\S+", plain)
    assert sorted(set(links)) == sorted(set(page.links))
    assert links[0] == f"{settings.SITE_URL}{path}"
    assert f"<{links[-1]}>" == message["List-Unsubscribe"].strip()
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for link in links:
        assert link.startswith(f"{settings.SITE_URL}/")
        assert resolve(link.removeprefix(settings.SITE_URL))
    assert str(kind.label) in client.get(links[-1].removeprefix(settings.SITE_URL)).content.decode()


@pytest.mark.parametrize("code", DECLARED)
def test_every_kind_says_whom_and_what_it_concerns(code):
    kind = rules.KINDS[code]
    assert kind.code == code
    assert str(kind.label)
    assert kind.audience
    assert kind.audience <= set(Role)


def test_a_kind_that_nobody_declared_is_refused(db):
    with pytest.raises(LookupError, match=r"no app declares the notice kind test\.unheard"):
        notify(kind="test.unheard", recipients=[], event_key="1", context={}, path="/", at=NOW)


def test_two_kinds_cannot_have_one_code():
    kind = rules.KINDS["test.event"]
    rules.register([kind])
    with pytest.raises(ValueError, match=r"two kinds of notice are called test\.event"):
        rules.register([rules.NoticeKind(code=kind.code, label="other", audience=kind.audience, example={})])


def test_what_people_wrote_is_no_markup_and_no_link(server, db):
    reader = UserFactory(name="<b>Awa</b>")
    title = "<script>alert(1)</script> https://elsewhere.example.org/ www.example.org"
    notify(kind="test.event", recipients=[reader], event_key="1", context={"title": title}, path="/x/", at=NOW)
    assert deliver(email_id=Email.objects.get().pk, at=NOW)
    plain, html = (server.received[0].get_body((part,)).get_content() for part in ("plain", "html"))
    assert title in plain
    assert "<script" not in html
    assert "<b>" not in html
    assert title in Page(html).text
    assert all(link.startswith(f"{settings.SITE_URL}/") for link in Page(html).links)
