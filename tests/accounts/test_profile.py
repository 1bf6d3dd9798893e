"""One's own account: name, language, address, password, and letters about what changed."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from accounts.models import User
from notifications.models import Email
from tests.factories import PASSWORD, MembershipFactory, UserFactory

OWN = ["account-profile", "my-data", "my-data-file", "account-delete", "account_email", "account_change_password"]


def confirm(client, **where):
    """Give the password again, as before everything that concerns an account's safety."""
    return client.post(reverse("account_reauthenticate"), {"password": PASSWORD, **where})


@pytest.mark.parametrize("name", OWN)
def test_visitors_are_asked_to_log_in(client, db, name):
    assert client.get(reverse(name)).headers["Location"].startswith(reverse("account_login"))


def test_name_and_language_are_changed(logged_in, cast):
    before = cast.focal_point.email
    page = logged_in.post(reverse("account-profile"), {"name": "Awa Diop", "language": "fr"})
    assert page.cookies["django_language"].value == "fr"
    assert '<html lang="fr"' in logged_in.get(reverse("account-profile")).content.decode()
    cast.focal_point.refresh_from_db()
    assert (cast.focal_point.name, cast.focal_point.language) == ("Awa Diop", "fr")
    wrong = logged_in.post(reverse("account-profile"), {"name": "Other", "language": "xx", "email": "x@example.org"})
    assert list(wrong.context["form"].errors) == ["language"]
    cast.focal_point.refresh_from_db()
    assert (cast.focal_point.name, cast.focal_point.email) == ("Awa Diop", before)


def test_the_page_leads_to_every_part(logged_in, cast):
    page = logged_in.get(reverse("account-profile")).content.decode()
    parts = ["absence", "account_email", "account_change_password", "mfa_index", "notice-settings", "my-data"]
    for name in [*parts, "account-delete"]:
        assert f'href="{reverse(name)}"' in page
    assert reverse("team", args=[cast.ministry.slug]) in page


def test_the_page_takes_as_many_queries_for_three_roles_as_for_one(client, cast, django_assert_num_queries):
    client.force_login(cast.publisher)
    with django_assert_num_queries(5):
        client.get(reverse("account-profile"))
    MembershipFactory.create_batch(2, user=cast.publisher)
    with django_assert_num_queries(5):
        assert len(client.get(reverse("account-profile")).context["memberships"]) == 3


def test_a_new_address_counts_once_it_is_confirmed(logged_in, cast):
    old = cast.focal_point.email
    asked = logged_in.post(reverse("account_email"), {"email": "New@Example.org", "action_add": ""})
    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
    confirm(logged_in)
    logged_in.post(reverse("account_email"), {"email": "New@Example.org", "action_add": ""})
    [letter] = Email.objects.all()
    assert (letter.recipient, letter.address) == (cast.focal_point, "new@example.org")
    assert "new@example.org is not confirmed yet" in logged_in.get(reverse("account_email")).content.decode()
    path = re.search(r"http://testserver(\S+)", letter.text)[1]
    assert "Is new@example.org your address?" in logged_in.get(path).content.decode()
    cast.focal_point.refresh_from_db()
    assert cast.focal_point.email == old  # reading changes nothing
    logged_in.post(path)
    cast.focal_point.refresh_from_db()
    assert cast.focal_point.email == "new@example.org"
    assert list(EmailAddress.objects.filter(user=cast.focal_point).values_list("email", "verified")) == [
        ("new@example.org", True)
    ]
    told = Email.objects.latest("pk")
    assert (told.address, "new e-mail address" in told.text) == (old, True)


def test_somebody_else_s_address_is_not_taken(logged_in, cast):
    confirm(logged_in)
    logged_in.post(reverse("account_email"), {"email": "new@example.org", "action_add": ""})
    path = re.search(r"http://testserver(\S+)", Email.objects.get().text)[1]
    owner = UserFactory(email="new@example.org")
    EmailAddress.objects.filter(user=owner).delete()  # a curator made the account, nobody has logged in yet
    page = logged_in.post(path, follow=True).content.decode()
    assert "Another account has this e-mail address." in page
    cast.focal_point.refresh_from_db()
    assert cast.focal_point.email != owner.email


def test_a_password_is_not_reset_through_an_address_that_waits(logged_in, client):
    confirm(logged_in)
    logged_in.post(reverse("account_email"), {"email": "victim@example.org", "action_add": ""})
    Email.objects.all().delete()
    client.logout()
    client.post(reverse("account_reset_password"), {"email": "victim@example.org"})
    assert not Email.objects.exists()


def test_a_change_of_the_password_is_told_in_the_person_s_language(logged_in, cast):
    User.objects.filter(pk=cast.focal_point.pk).update(language="fr")
    data = {"oldpassword": PASSWORD, "password1": "nine new words 9", "password2": "nine new words 9"}
    logged_in.post(reverse("account_change_password"), data)
    [letter] = Email.objects.all()
    assert (letter.recipient, letter.language) == (cast.focal_point, "fr")
    assert reverse("account_reset_password") in letter.text


def test_the_outbox_shows_no_letter_s_words(client, cast):
    client.post(reverse("account_reset_password"), {"email": cast.publisher.email})
    letter = Email.objects.get()
    assert "/password/reset/key/" in letter.text
    client.force_login(cast.curator)
    page = client.get(reverse("admin:notifications_email_change", args=[letter.pk])).content.decode()
    assert letter.subject in page
    assert "/password/reset/key/" not in page
