"""Every page of the site, in each of its states: accessible, no wider than the screen, in the reader's language.

One world for each language; every page is looked at on a telephone and on a wide screen. With E2E_SHOTS=folder in the
environment a picture of each is kept.
"""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings as django_settings
from django.test import Client
from django.urls import get_resolver, resolve, reverse
from django.utils import timezone
from django.utils.text import slugify
from playwright.sync_api import expect

from accounts.models import Invitation
from accounts.services.invitations import link_to
from core.links import seal
from matching.models import Match
from notifications.models import Bounce
from notifications.services.preferences import PURPOSE as UNSUBSCRIBE
from solutions.forms import STEPS
from solutions.services.freshness import reconfirm_path
from ssc_platform.guides import GUIDES
from tests.e2e.looking import LANGUAGES, Looker, expect_no_faults
from tests.factories import UserFactory
from tests.ssc_platform.conftest import ADDRESSES
from tests.ssc_platform.test_every_page import PAGES, names

OPENED = {("demand", "need"), ("demand", "letter"), ("demand", "check")}  # steps that PAGES name
# Addresses that show no page of their own: files, feeds, and acts that lead on to a page.
NO_PAGES = {
    "archive-file", "demand-feed", "offer-feed", "solution-feed", "import-template", "my-data-file", "entry-letter",
    "saved-search", "saved-search-delete", "match-act", "mail-again", "webhook-test", "webhook-off", "webhook-retry",
    "team-invitation", "set_language", "robots", "sitemap", "sitemap-part", "healthz", "readyz", "token-revoke",
    "mfa_download_recovery_codes", "openid_connect_callback", "socialaccount_signup",
}  # fmt: skip


def open_all(looker, pages):
    for name, address in pages.items():
        looker.open(name, address)


def visitor_pages(looker, site):
    """What strangers see, and what links in letters lead to."""
    person, at = site.cast.outsider, timezone.now()
    soon, over = at + timedelta(days=1), at - timedelta(days=1)
    open_all(looker, {f"visitor-{slugify(address) or 'home'}": address for address in ADDRESSES})
    open_all(looker, {f"guide-{guide.slug}": reverse("guide-page", args=[guide.slug]) for guide in GUIDES})
    for name in (
        "archive", "account_login", "account_signup", "account_reset_password", "account_reset_password_done",
        "account_reset_password_from_key_done", "account_email_verification_sent", "account_inactive",
        "socialaccount_login_cancelled",
    ):  # fmt: skip
        looker.open(name, reverse(name))
    looker.open("socialaccount_login_error", reverse("socialaccount_login_error"), status=401)
    looker.open("sign-on", reverse("openid_connect_login", args=["sso"]))
    key = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    looker.open("password-key", reverse("account_reset_password_from_key", kwargs=key))
    looker.open("password-key-used", reverse("account_reset_password_from_key", kwargs={**key, "key": "x-y"}))
    address = EmailAddress.objects.create(user=person, email="new@example.org")
    confirm = reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key])
    looker.open("confirm-email", confirm)
    looker.open("confirm-email-wrong", reverse("account_confirm_email", args=["nothing"]))
    invitation, expired, used = Invitation.objects.order_by("email")
    looker.open("invitation", link_to(invitation))
    looker.open("invitation-expired", link_to(expired), status=410)
    used.expires_at = soon
    used.accepted_at = at
    used.save()
    looker.open("invitation-used", link_to(used), status=404)
    looker.open("unsubscribe", reverse("unsubscribe", args=[seal(UNSUBSCRIBE, [person.pk, "daily"], until=soon)]))
    looker.send("unsubscribe-done")
    sealed = seal(UNSUBSCRIBE, [person.pk, "daily"], until=over)
    looker.open("unsubscribe-expired", reverse("unsubscribe", args=[sealed]), status=410)
    looker.open("reconfirm", reconfirm_path(site.gardens, person=site.cast.focal_point, at=at))
    looker.send("reconfirm-done")
    looker.open("reconfirm-forged", reverse("entry-reconfirm", args=["nothing"]), status=404)


def member_pages(looker, site):
    """What a person sees who speaks for both sides."""
    cast, gardens = site.cast, site.gardens
    looker.prove()
    open_all(looker, {name: reverse(name, args=args(site)) for name, args in PAGES.items()})
    for entry in (gardens, site.solution, site.offer_to_edit):
        for step in STEPS[entry.kind]:
            if (entry.kind, step.slug) not in OPENED:
                looker.open(f"{entry.kind}-{step.slug}", reverse("entry-edit", args=[entry.public_id, step.slug]))
    candidates = Match.objects.filter(demand=gardens).order_by("rank")[:3]
    chosen = "&".join(f"match={match.public_id}" for match in candidates)
    own = cast.ministry.memberships.get(user=site.person)
    open_all(looker, {
        "demand-compare": f"{reverse('demand-compare', args=[gardens.public_id])}?{chosen}",
        "entry-returned": reverse("entry-edit", args=[site.draft.public_id, "need"]),
        "entry-draft": reverse("entry-detail", args=[site.draft.public_id]),
        "move-submit": reverse("entry-move", args=[site.draft.public_id, "submit"]),
        "move-archive": reverse("entry-move", args=[gardens.public_id, "archive"]),
        "move-confirm": reverse("entry-move", args=[gardens.public_id, "confirm"]),
        "member-own": reverse("team-member", args=[cast.ministry.slug, own.pk]),
        "member-other": reverse("team-member", args=[cast.ministry.slug, cast.observer.memberships.get().pk]),
        "search-found": "/search/?q=solar+pumps",
        "account_email": reverse("account_email"),
        "account_change_password": reverse("account_change_password"),
        "account_logout": reverse("account_logout"),
        "account_reauthenticate": reverse("account_reauthenticate"),
    })  # fmt: skip
    match = candidates[1]
    for state in ("proposed", "agreed", "declined"):
        Match.objects.filter(pk=match.pk).update(state=state, introduced_at=timezone.now())
        looker.open(f"match-{state}", reverse("match-page", args=[match.public_id]))
    Bounce.objects.create(recipient=site.person, address=site.person.email, reason="550", bounced_at=timezone.now())
    looker.open("notice-settings-bounced", reverse("notice-settings"))
    looker.page.goto(reverse("tokens"))
    looker.send("token-made", {"days": "30", "name": "Pumps"})
    looker.page.goto(reverse("webhook-list"))
    looker.send("webhook-added", {"url": "https://93.184.215.14/hook", "organisation": str(cast.agency.pk)})
    looker.page.goto(reverse("webhook-log", args=[site.webhook.public_id]))
    looker.send("webhook-renewed", button="[formaction*=secret]")
    looker.page.goto(reverse("account-delete"))
    looker.send("account-delete-asked")


def second_step_pages(looker, site):
    """The second step of somebody who sets up both an app and a key."""
    page = looker.page
    looker.prove()
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    open_all(looker, {f"{name}-off": reverse(name) for name in ("mfa_index", "mfa_list_webauthn")})
    looker.open("mfa_activate_totp", reverse("mfa_activate_totp"))
    code = code_of(page.locator("main code").inner_text())
    looker.send("mfa_view_recovery_codes", {"code": code})
    looker.open("mfa_add_webauthn", reverse("mfa_add_webauthn"))
    page.fill("input[name=name]", "Pumps")
    page.locator("main form button").click()
    expect(page.locator("main")).to_contain_text("Pumps")
    for name in (
        "mfa_index", "mfa_list_webauthn", "mfa_generate_recovery_codes", "mfa_deactivate_totp", "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    ):  # fmt: skip
        looker.open(name, reverse(name))
    key = site.cast.colleague.authenticator_set.get(type="webauthn")
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        looker.open(name, reverse(name, args=[key.pk]))
    page.context.clear_cookies(name="sessionid")
    looker.log_in(site.cast.colleague)
    looker.look("mfa_authenticate")


def code_of(secret):
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


def empty_pages(looker, site):
    """What somebody sees who has done nothing yet, and of whom nothing is known."""
    for name in ("desk", "my-entries", "my-matches", "notice-list", "saved-searches", "tokens", "webhook-list"):
        looker.open(f"{name}-empty", reverse(name))
    looker.open("search-empty", "/search/?q=7777777")
    looker.open("solution-list-empty", "/solutions/?goal=7")
    looker.open("invitation-of-another", link_to(Invitation.objects.get(email="awa@example.org")))


def without_password(looker, person):
    """Somebody who came in by single sign-on."""
    person.set_unusable_password()
    person.save()
    client = Client()
    client.force_login(person)
    name = django_settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "domain": "localhost", "path": "/"}
    looker.page.context.add_cookies([cookie])
    looker.open("account_set_password", reverse("account_set_password"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_accessible_fits_the_screen_and_speaks_its_reader_s_language(open_page, site, language):
    visitor, member, newcomer, colleague = lookers = [Looker(open_page(locale=language), language) for _ in range(4)]
    visitor_pages(visitor, site)
    member.log_in(site.person)
    member_pages(member, site)
    newcomer.log_in(site.cast.outsider)
    empty_pages(newcomer, site)
    colleague.log_in(site.cast.colleague)
    second_step_pages(colleague, site)
    without_password(visitor, UserFactory(language=language))
    expect_no_faults(*lookers)
    seen = {resolve(urlsplit(address).path).url_name for looker in lookers for address in looker.addresses}
    assert set(names(get_resolver().url_patterns)) - seen == NO_PAGES


@pytest.mark.parametrize("language", [code for code, _name in django_settings.LANGUAGES if code not in LANGUAGES])
def test_pages_fit_a_telephone_in_the_other_languages_too(open_page, site, language):
    looker = Looker(open_page(locale=language), language, widths=(360,), reads=False)
    open_all(looker, {address: address for address in ADDRESSES})
    looker.log_in(site.person)
    looker.prove()
    open_all(looker, {name: reverse(name, args=args(site)) for name, args in PAGES.items()})
    expect_no_faults(looker)
