"""Logging in and out, setting a password, and the language that follows the person."""

import re

from allauth.account.models import EmailAddress
from django.urls import reverse

from accounts.models import User
from notifications.models import Email
from tests.factories import PASSWORD, UserFactory


def log_in(client, email, password=PASSWORD, **where):
    return client.post(reverse("account_login"), {"login": email, "password": password, **where})


def test_a_person_logs_in_by_address_in_any_case(cast, client, mailoutbox):
    response = log_in(client, cast.focal_point.email.upper())
    assert (response.status_code, response["Location"]) == (302, reverse("desk"))
    assert client.session["_auth_user_id"] == str(cast.focal_point.pk)
    assert mailoutbox == []


def test_a_wrong_password_is_refused(cast, client):
    page = log_in(client, cast.focal_point.email, "wrong").content.decode()
    assert "not correct" in page
    assert "_auth_user_id" not in client.session


def test_the_closed_account_is_refused(cast, client):
    User.objects.filter(pk=cast.focal_point.pk).update(is_active=False)
    log_in(client, cast.focal_point.email)
    assert "_auth_user_id" not in client.session


def test_tries_are_counted(cast, client):
    for _ in range(5):
        log_in(client, cast.focal_point.email, "wrong")
    page = log_in(client, cast.focal_point.email)
    assert "Too many failed login attempts" in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_pages_are_in_the_persons_language_after_login(client, db):
    person = UserFactory(language="fr")
    response = log_in(client, person.email)
    assert response.cookies["django_language"].value == "fr"
    page = client.get(reverse("account_change_password")).content.decode()
    assert '<html lang="fr"' in page
    assert "Vous êtes connecté" in page


def test_logging_out_needs_a_post(cast, client):
    client.force_login(cast.focal_point)
    client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_the_admin_sends_to_the_one_login_and_refuses_others(cast, client):
    response = client.get(reverse("admin:index"), follow=True)
    assert response.redirect_chain[-1][0] == f"{reverse('account_login')}?next=%2Fadmin%2F"
    response = log_in(client, cast.curator.email, next=reverse("admin:index"))
    assert response["Location"] == reverse("admin:index")
    assert client.get(reverse("admin:index")).context["available_apps"]
    client.force_login(cast.focal_point)
    assert client.get(reverse("admin:index"), follow=True).status_code == 403


def test_nobody_signs_up(client, db):
    data = {"email": "new@example.org", "password1": "a new secret 9", "password2": "a new secret 9"}
    for page in (client.get(reverse("account_signup")), client.post(reverse("account_signup"), data)):
        assert "How to get an account" in page.content.decode()
    assert not User.objects.exists()


def test_a_first_password_is_set_through_a_message_in_ones_own_language(
    client, db, mailoutbox, django_capture_on_commit_callbacks
):
    person = UserFactory(name="Awa", language="fr")
    person.set_unusable_password()
    person.save()
    EmailAddress.objects.all().delete()  # a curator made the account
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(reverse("account_reset_password"), {"email": person.email}, follow=True).content.decode()
    assert "Look into your mailbox" in page
    [message] = mailoutbox
    assert message.to == [person.email]
    assert message.subject.startswith("South-South Match: ")
    link = re.search(r"http://testserver(\S+)", message.body)[1]
    response = client.get(link, follow=True)
    form = response.redirect_chain[-1][0]
    secret = "sept moulins à vent"
    page = client.post(form, {"password1": secret, "password2": secret}, follow=True).content.decode()
    assert "Your password is set" in page
    log_in(client, person.email, secret)
    assert client.session["_auth_user_id"] == str(person.pk)
    client.logout()
    assert "used before" in client.get(link, follow=True).content.decode()


def test_an_unknown_address_is_not_given_away(client, db):
    page = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"}, follow=True)
    assert "Look into your mailbox" in page.content.decode()
    assert not Email.objects.exists()


def test_a_person_changes_the_password(cast, client):
    client.force_login(cast.focal_point)
    data = {"oldpassword": PASSWORD, "password1": "nine new words 9", "password2": "nine new words 9"}
    client.post(reverse("account_change_password"), data)
    cast.focal_point.refresh_from_db()
    assert cast.focal_point.check_password("nine new words 9")


def test_every_page_says_what_it_is_for(client, db):
    for name, heading in (
        ("account_login", "Log in"),
        ("account_reset_password", "Set a password"),
        ("account_reset_password_done", "Look into your mailbox"),
        ("account_reset_password_from_key_done", "Your password is set"),
        ("account_inactive", "This account is closed"),
    ):
        assert f"<h1>{heading}</h1>" in client.get(reverse(name)).content.decode()


def test_an_address_that_was_changed_no_longer_opens_the_account(cast, client):
    person, old = cast.focal_point, cast.focal_point.email
    log_in(client, old)
    client.force_login(cast.curator)
    data = {"email": "new@example.org", "name": "New", "language": "en", "is_active": "on"}
    client.post(reverse("admin:accounts_user_change", args=[person.pk]), data)
    client.logout()
    log_in(client, old)
    assert "_auth_user_id" not in client.session
    client.post(reverse("account_reset_password"), {"email": old})
    assert not Email.objects.exists()
    log_in(client, "new@example.org")
    assert "_auth_user_id" not in client.session  # a new address is to be confirmed first
    [letter] = Email.objects.all()
    assert (letter.recipient, letter.address, letter.letter) == (person, "new@example.org", True)
    client.post(re.search(r"http://testserver(\S+)", letter.text)[1])
    log_in(client, "new@example.org")
    assert client.session["_auth_user_id"] == str(person.pk)
