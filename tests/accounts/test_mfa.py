"""The second step: codes of an app, recovery codes, and the admin that demands one."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.urls import reverse

from accounts import services
from accounts.models import User
from notifications.models import Email
from tests.factories import PASSWORD, UserFactory


def code_of(secret):
    """Return the code that an app would show now."""
    counter = list(yield_hotp_counters_from_time())[1]  # of three: one step back, now, one ahead
    return format_hotp_value(hotp_value(secret, counter))


def log_in(client, person, **where):
    return client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD, **where})


@pytest.fixture
def protected(cast):
    """The focal point with an app; `secret` is what the app knows."""
    cast.secret = generate_totp_secret()
    TOTP.activate(cast.focal_point, cast.secret)
    return cast


def is_in(client):
    return "_auth_user_id" in client.session


def test_an_app_is_set_up_and_then_asked_for(client, cast, mailoutbox, django_capture_on_commit_callbacks):
    log_in(client, cast.focal_point)
    asked = client.get(reverse("mfa_activate_totp"))
    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    assert "data:" in page.headers["Content-Security-Policy"]
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert list(wrong.context["form"].errors) == ["code"]
    assert wrong.context["form"].secret == secret  # what was read into the app goes on being right
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert done.headers["Location"] == reverse("mfa_view_recovery_codes")
    assert len(client.get(done.headers["Location"]).context["unused_codes"]) == 10
    assert ["An authenticator app now protects your account." in mail.body for mail in mailoutbox] == [True]
    client.logout()
    assert log_in(client, cast.focal_point).headers["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    code = code_of(secret)
    for expected in (True, False):  # a code is good once
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert is_in(client) is expected
        client.logout()
        log_in(client, cast.focal_point)


def test_a_wrong_code_keeps_one_out_and_tries_are_counted(client, protected):
    log_in(client, protected.focal_point)
    for _ in range(5):
        page = client.post(reverse("mfa_authenticate"), {"code": "000000"})
        assert page.context["form"].errors["code"]
    page = client.post(reverse("mfa_authenticate"), {"code": code_of(protected.secret)})
    assert page.context["form"].errors["code"]
    assert not is_in(client)


def test_a_recovery_code_is_good_once(client, protected):
    log_in(client, protected.focal_point)
    client.post(reverse("mfa_authenticate"), {"code": code_of(protected.secret)})
    cache.clear()
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_generate_recovery_codes"))
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    assert client.get(reverse("mfa_download_recovery_codes")).content.decode().split() == codes
    client.logout()
    for expected in (True, False):
        log_in(client, protected.focal_point)
        client.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert is_in(client) is expected
        client.logout()


def test_the_password_is_reset_without_opening_the_account(client, protected):
    """Who reads the mail alone is not let in: the second step is asked for all the same."""
    person, secret = protected.focal_point, "nine new words 9"
    client.post(reverse("account_reset_password"), {"email": person.email})
    link = re.search(r"http://testserver(\S+)", Email.objects.get().text)[1]
    form = client.get(link).headers["Location"]
    done = client.post(form, {"password1": secret, "password2": secret})
    assert (done.headers["Location"], is_in(client)) == (reverse("account_reset_password_from_key_done"), False)
    asked = client.post(reverse("account_login"), {"login": person.email, "password": secret})
    assert (asked.headers["Location"], is_in(client)) == (reverse("mfa_authenticate"), False)


def test_an_app_is_switched_off_after_the_password_was_given_again(client, protected):
    log_in(client, protected.focal_point)
    client.post(reverse("mfa_authenticate"), {"code": code_of(protected.secret)})
    assert client.post(reverse("mfa_deactivate_totp")).headers["Location"].startswith(reverse("account_reauthenticate"))
    assert Authenticator.objects.exists()
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.exists()
    assert "no longer protects your account" in Email.objects.get().text


@pytest.mark.parametrize("name", ["mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn"])
def test_visitors_are_asked_to_log_in(client, db, name):
    location = client.get(reverse(name)).headers["Location"]
    assert location.startswith((reverse("account_login"), reverse("account_reauthenticate")))


def test_someone_else_s_key_is_not_found(client, cast):
    key = Authenticator.objects.create(user=cast.colleague, type=Authenticator.Type.WEBAUTHN, data={"name": "x"})
    log_in(client, cast.focal_point)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        assert client.post(reverse(name, args=[key.pk]), {"name": "mine"}).status_code == 404
    key.refresh_from_db()
    assert key.data == {"name": "x"}


@pytest.mark.parametrize("who", ["curator", "operator"])
def test_the_admin_leads_to_setting_up_a_second_step(client, cast, settings, who):
    settings.MFA_REQUIRED_FOR_ADMIN = True
    cast.operator = UserFactory(is_superuser=True)
    person = getattr(cast, who)
    log_in(client, person, next=reverse("admin:index"))
    page = client.get(reverse("admin:index"), follow=True)
    assert page.redirect_chain[-1][0] == reverse("mfa_index")
    assert "Curation needs a log-in with two steps." in page.content.decode()
    changed = client.post(reverse("admin:accounts_user_change", args=[person.pk]), {"email": "x@example.org"})
    assert changed.status_code == 302
    assert User.objects.get(pk=person.pk).email == person.email
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    client.logout()
    log_in(client, person, next=reverse("admin:index"))
    assert client.get(reverse("admin:index")).status_code == 302
    answer = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert answer.headers["Location"] == reverse("admin:index")
    assert client.get(reverse("admin:index")).context["available_apps"]


def test_others_are_refused_by_the_admin_whatever_they_have(client, protected, settings):
    settings.MFA_REQUIRED_FOR_ADMIN = True
    client.force_login(protected.focal_point)
    assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_operators_find_no_keys_in_the_admin(client, db):
    client.force_login(UserFactory(is_superuser=True))
    models = {
        model["object_name"]
        for app in client.get(reverse("admin:index")).context["app_list"]
        for model in app["models"]
    }
    assert models.isdisjoint({"Authenticator", "EmailAddress", "SocialAccount", "SocialApp", "SocialToken"})
    assert {"User", "Organisation"} <= models


def test_pages_take_a_constant_number_of_queries(client, cast, django_assert_num_queries):
    log_in(client, cast.focal_point)
    with django_assert_num_queries(6):
        client.get(reverse("mfa_index"))
    for number in range(3):
        Authenticator.objects.create(
            user=cast.focal_point, type=Authenticator.Type.WEBAUTHN, data={"name": f"Key {number}", "credential": {}}
        )
    with django_assert_num_queries(6):
        page = client.get(reverse("mfa_index")).content.decode()
    assert "Key 2" in page
    with django_assert_num_queries(5):
        assert client.get(reverse("mfa_list_webauthn")).content.decode().count("<article>") == 3


@pytest.mark.parametrize(
    ("who", "whom", "done"),
    [
        ("curator", "focal_point", True),
        ("curator", "curator", False),
        ("curator", "operator", False),
        ("operator", "curator", True),
        ("operator", "operator", True),
    ],
)
def test_curators_help_who_lost_the_second_step(client, cast, who, whom, done):
    cast.operator = UserFactory(is_superuser=True)
    person = getattr(cast, whom)
    TOTP.activate(person, generate_totp_secret())
    client.force_login(getattr(cast, who))
    chosen = {"action": "remove_second_step", "_selected_action": [person.pk]}
    client.post(reverse("admin:accounts_user_changelist"), chosen)
    assert Authenticator.objects.filter(user=person).exists() is not done
    assert ["app or key was lost" in letter.text for letter in Email.objects.all()] == ([True] if done else [])


@pytest.mark.parametrize("who", ["focal_point", "observer", "publisher"])
def test_nobody_else_removes_a_second_step(protected, who):
    with pytest.raises(services.SecondStepNotRemovedError):
        services.remove_second_step(user=protected.focal_point, by=getattr(protected, who))
    assert Authenticator.objects.exists()
