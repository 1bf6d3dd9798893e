"""Accounts in a browser: the second step, security keys, invitations and the team, with and without JavaScript."""

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import expect

from accounts import services
from accounts.enums import Role
from accounts.models import Invitation, User
from accounts.services.invitations import link_to
from notifications.models import Email
from tests.factories import NOW, PASSWORD


@pytest.fixture(autouse=True)
def _no_tries_counted_yet():
    cache.clear()


@pytest.fixture
def people(transactional_db, cast):
    services.invite(
        organisation=cast.ministry,
        email="awa@example.org",
        role=Role.OBSERVER,
        language="fr",
        by=cast.focal_point,
        at=NOW,
    )
    return cast


def send(page):
    page.locator("main form button").first.click()


def log_in(page, user):
    page.goto("/accounts/login/")
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", PASSWORD)
    send(page)


def go(page, path):
    """Open a page; where it asks who one is, say it."""
    page.goto(path)
    if "/reauthenticate/" in page.url:
        page.fill("input[name=password]", PASSWORD)
        send(page)
        expect(page).to_have_url(re.compile(re.escape(path)))


def code_of(secret):
    counter = list(yield_hotp_counters_from_time())[1]
    return format_hotp_value(hotp_value(secret, counter))


@pytest.mark.parametrize("javascript", [True, False])
def test_an_app_is_set_up_and_asked_for(open_page, people, javascript):
    page = open_page(width=360, javascript=javascript)
    log_in(page, people.focal_point)
    go(page, reverse("mfa_activate_totp"))
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 0 if javascript else True
    secret = page.locator("main code").inner_text()
    page.fill("input[name=code]", "000000")
    send(page)
    expect(page.locator("main .errorlist")).to_be_visible()
    assert page.locator("main code").inner_text() == secret
    page.fill("input[name=code]", code_of(secret))
    send(page)
    expect(page.locator("main .codes li")).to_have_count(10)
    recovery = page.locator("main .codes li").first.inner_text()
    page.locator("form[action*=logout] button").click()
    page.goto("/accounts/logout/")
    for code in (recovery, code_of(secret)):
        page.context.clear_cookies()
        log_in(page, people.focal_point)
        expect(page).to_have_url(re.compile(reverse("mfa_authenticate")))
        page.fill("input[name=code]", code)
        send(page)
        expect(page.locator("form[action*=logout]")).to_be_visible()


def test_a_security_key_is_added_and_opens_the_account(open_page, people, live_server):
    page = open_page(width=360)
    host = live_server.url.replace("127.0.0.1", "localhost")  # keys belong to names, not to numbers
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
    added = keys.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    log_in_at(page, host, people.focal_point)
    page.goto(host + reverse("mfa_add_webauthn"))
    page.fill("input[name=password]", PASSWORD)
    send(page)
    page.fill("input[name=name]", "Blue key")
    send(page)
    expect(page.locator("main .codes li")).to_have_count(10)
    page.goto(host + reverse("mfa_list_webauthn"))
    expect(page.locator("main")).to_contain_text("Blue key")
    page.context.clear_cookies()
    log_in_at(page, host, people.focal_point)
    page.get_by_role("button", name="Use a security key").click()
    expect(page.locator("form[action*=logout]").first).to_be_visible()
    expect(page.get_by_role("link", name="My desk")).to_be_visible()
    page.context.clear_cookies()
    keys.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": added["authenticatorId"]})
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": options})  # somebody else's key
    log_in_at(page, host, people.focal_point)
    page.get_by_role("button", name="Use a security key").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    page.goto(host + reverse("account-profile"))
    expect(page).to_have_url(re.compile(reverse("mfa_authenticate")))


def log_in_at(page, host, person):
    page.goto(host + "/accounts/login/")
    page.fill("input[name=login]", person.email)
    page.fill("input[name=password]", PASSWORD)
    send(page)
    expect(page).not_to_have_url(re.compile("/login/"))


@pytest.mark.parametrize("javascript", [True, False])
def test_an_invited_person_joins_and_is_seen_in_the_team(open_page, people, javascript):
    member = open_page(javascript=javascript)
    log_in(member, people.focal_point)
    member.goto(reverse("team", args=[people.ministry.slug]))
    member.fill("input[name=email]", "binta@example.org")
    member.select_option("select[name=role]", "focal_point")
    member.select_option("select[name=language]", "ar")
    member.get_by_role("button", name="Invite", exact=True).click()
    expect(member.locator("main")).to_contain_text("binta@example.org")
    assert Invitation.objects.get(email="binta@example.org").language == "ar"
    # Sealed anew, for the letter forgets its words once it is sent.
    invitation = Invitation.objects.get(email="awa@example.org")
    services.send_again(invitation=invitation, by=people.focal_point, at=NOW.replace(year=NOW.year + 1))
    assert Email.objects.filter(letter=True, state="sent", text="").count() == 3
    sealed = link_to(invitation)
    guest = open_page(width=360, locale="fr", javascript=javascript)
    guest.goto(sealed)
    guest.fill("input[name=name]", "Awa Diop")
    guest.fill("input[name=password1]", "sept moulins à vent")
    guest.fill("input[name=password2]", "autre chose")
    send(guest)
    expect(guest.locator("main .errorlist")).to_be_visible()
    assert guest.input_value("input[name=name]") == "Awa Diop"
    guest.fill("input[name=password1]", "sept moulins à vent")
    guest.fill("input[name=password2]", "sept moulins à vent")
    send(guest)
    expect(guest.locator("main .shelf")).to_contain_text("Awa Diop")
    assert User.objects.get(email="awa@example.org").roles == {people.ministry.pk: {Role.OBSERVER}}


def test_an_account_is_marked_for_deletion_and_kept_without_javascript(open_page, people):
    page = open_page(javascript=False)
    log_in(page, people.publisher)
    go(page, reverse("account-delete"))
    expect(page.locator("main")).to_contain_text(people.agency.name)  # nobody else could bring in people there
    send(page)
    expect(page.locator("main button", has_text="Keep my account")).to_be_visible()
    assert User.objects.get(pk=people.publisher.pk).deletion_due_at is not None
    send(page)
    assert page.url.endswith(reverse("account-profile"))
    assert User.objects.get(pk=people.publisher.pk).deletion_due_at is None
