"""Who may invite whom, what the link opens and for whom, and what is on record afterwards."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.enums import Role
from accounts.models import Invitation, Membership, User
from accounts.services.invitations import A_DAY, AGAIN_AFTER, GOOD_FOR
from notifications.models import Email
from tests.factories import NOW, PASSWORD, MembershipFactory, UserFactory

NEW = "Awa.Diop@Example.org"
SECRET = "sept moulins à vent"


def invite(cast, by=None, **change):
    said = {"organisation": cast.ministry, "email": NEW, "role": Role.FOCAL_POINT, "language": "fr", "at": NOW}
    return services.invite(by=by or cast.focal_point, **{**said, **change})


def link():
    """Return the path of the newest letter's link."""
    return re.search(r"http://127\.0\.0\.1:8000(/\S+)", Email.objects.latest("pk").text)[1]


# Who may give (g) which role in the ministry, the organisation of the first four.
GIVES = """
                   focal_point publisher observer curator
focal_point        g           -         g        -
colleague          g           -         g        -
observer           -           -         -        -
publisher          -           -         -        -
outsider           -           -         -        -
unverified_member  -           -         -        -
curator            g           g         g        -
operator           g           g         g        g
"""
HEAD, *ROWS = (line.split() for line in GIVES.strip().splitlines())
CELLS = [(row[0], Role(role), mark == "g") for row in ROWS for role, mark in zip(HEAD, row[1:], strict=True)]


@pytest.mark.parametrize(("who", "role", "gives"), CELLS)
def test_who_invites_to_which_role(cast, operator, who, role, gives):
    by = operator if who == "operator" else getattr(cast, who)
    if gives:
        assert invite(cast, by=by, role=role).role == role
        return
    with pytest.raises((services.MembersNotManagedError, services.CuratorsNotMadeError)):
        invite(cast, by=by, role=role)
    assert not Invitation.objects.exists()
    assert not Email.objects.exists()


def test_standing_in_for_somebody_gives_no_roles(cast):
    membership = Membership.objects.get(user=cast.focal_point)
    days = {"away_from": NOW.date(), "away_until": NOW.date() + timedelta(days=9)}
    services.set_absence(membership=membership, deputy=cast.observer, by=cast.focal_point, **days)
    with time_machine.travel(NOW), pytest.raises(services.MembersNotManagedError):
        invite(cast, by=User.objects.get(pk=cast.observer.pk))


def test_the_letter_is_in_the_chosen_language_and_forgets_what_it_said(
    cast, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invite(cast)
    assert (invitation.email, invitation.expires_at) == (NEW.lower(), NOW + GOOD_FOR)
    [message] = mailoutbox
    assert message.to == [NEW.lower()]
    assert "/accounts/invitation/" in message.body
    assert "because of your role" not in message.body
    letter = Email.objects.get()
    assert (letter.language, letter.state, letter.text, letter.address) == ("fr", "sent", "", "")


def test_the_same_invitation_waits_once_and_mailboxes_are_not_filled(cast):
    first = invite(cast)
    with pytest.raises(services.InvitedAlreadyError) as refusal:
        invite(cast, email=NEW.upper())
    assert refusal.value.field == "email"
    with pytest.raises(services.TooManyInvitationsError):
        services.send_again(invitation=first, by=cast.colleague, at=NOW + AGAIN_AFTER / 2)
    services.revoke(invitation=first, by=cast.colleague, at=NOW)
    with pytest.raises(services.TooManyInvitationsError):
        invite(cast, at=NOW + AGAIN_AFTER / 2)
    assert invite(cast, at=NOW + AGAIN_AFTER).pk != first.pk
    assert Email.objects.count() == 2


def test_an_organisation_invites_so_many_a_day(cast):
    Invitation.objects.bulk_create(
        Invitation(
            organisation=cast.ministry, email=f"{n}@example.org", role="observer", created_at=NOW, expires_at=NOW
        )
        for n in range(A_DAY)
    )
    with pytest.raises(services.TooManyInvitationsError):
        invite(cast)
    assert invite(cast, at=NOW + timedelta(days=1, seconds=1))


def test_whoever_has_the_role_is_not_invited_to_it(cast):
    with pytest.raises(services.AlreadyMemberError):
        invite(cast, email=cast.colleague.email)
    assert invite(cast, email=cast.colleague.email, role=Role.OBSERVER)


def test_a_newcomer_makes_an_account_and_is_logged_in(client, cast):
    invite(cast, at=timezone.now())
    page = client.get(link())
    assert page.headers["Cache-Control"].startswith("max-age=0")
    assert not User.objects.filter(email=NEW.lower()).exists()  # reading changes nothing
    said = {"name": "Awa Diop", "language": "fr", "password1": SECRET, "password2": SECRET}
    answer = client.post(link(), said)
    person = User.objects.get(email=NEW.lower())
    assert answer.headers["Location"] == reverse("team", args=[cast.ministry.slug])
    assert client.session["_auth_user_id"] == str(person.pk)
    assert (person.name, person.language, person.roles) == ("Awa Diop", "fr", {cast.ministry.pk: {Role.FOCAL_POINT}})
    assert EmailAddress.objects.get(user=person).verified
    assert Invitation.objects.get().accepted_by == person
    client.logout()
    assert client.get(link()).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [({"name": ""}, "name"), ({"language": "xx"}, "language"), ({"password2": "other"}, "password2"),
     ({"password1": "12345", "password2": "12345"}, "password2"), ({"password1": ""}, "password1")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_made(client, cast, change, field):
    invite(cast, at=timezone.now())
    said = {"name": "Awa Diop", "language": "fr", "password1": SECRET, "password2": SECRET, **change}
    page = client.post(link(), said)
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"]["name"].value() == said["name"]
    assert not User.objects.filter(email=NEW.lower()).exists()


def test_a_person_with_an_account_logs_in_and_accepts(client, cast):
    invite(cast, email=cast.publisher.email, at=timezone.now())
    page = client.get(link()).content.decode()
    assert f"{reverse('account_login')}?next={link()}" in page
    client.post(reverse("account_login"), {"login": cast.publisher.email, "password": PASSWORD})
    client.post(link())
    person = User.objects.get(pk=cast.publisher.pk)
    assert person.roles == {cast.agency.pk: {Role.PUBLISHER}, cast.ministry.pk: {Role.FOCAL_POINT}}


def test_an_invitation_is_for_its_address_alone(client, cast):
    invite(cast, at=timezone.now())
    client.force_login(cast.publisher)
    assert "Accept the invitation" not in client.get(link()).content.decode()
    assert client.post(link()).status_code == 404
    assert Invitation.objects.get().accepted_at is None
    assert User.objects.get(pk=cast.publisher.pk).roles == {cast.agency.pk: {Role.PUBLISHER}}


def test_links_that_are_old_taken_back_or_forged_open_nothing(client, cast):
    at = timezone.now()
    invitation = invite(cast, at=at)
    path = link()
    assert client.get(path[:-3] + "xx/").status_code == 404
    with time_machine.travel(at + GOOD_FOR + timedelta(minutes=1)):
        page = client.post(path, {"name": "Awa", "language": "fr", "password1": SECRET, "password2": SECRET})
    assert (page.status_code, "is over" in page.content.decode()) == (410, True)
    services.revoke(invitation=invitation, by=cast.colleague, at=at)
    assert client.get(path).status_code == 404
    with pytest.raises(services.InvitationClosedError):
        services.accept(invitation=invitation, user=UserFactory(email=NEW.lower()), at=at)
    for act in (services.revoke, services.send_again):
        with pytest.raises(services.InvitationClosedError):
            act(invitation=invitation, by=cast.colleague, at=at + AGAIN_AFTER)


def test_sending_again_gives_time_anew(cast):
    invitation = invite(cast)
    later = NOW + GOOD_FOR + timedelta(days=1)
    services.send_again(invitation=invitation, by=cast.colleague, at=later)
    assert (invitation.sent_at, invitation.expires_at) == (later, later + GOOD_FOR)
    assert services.invitation_behind(sealed=link().split("/")[-2], at=later) == invitation


@pytest.mark.parametrize("act", ["revoke", "again"])
@pytest.mark.parametrize(
    ("who", "status"), [("focal_point", 302), ("observer", 302), ("outsider", 404), ("curator", 302)]
)
def test_the_page_s_buttons_do_it_for_those_who_may(client, cast, act, who, status):
    invitation = invite(cast)  # long ago, so that it may be sent again
    client.force_login(getattr(cast, who))
    path = reverse("team-invitation", args=[cast.ministry.slug, invitation.public_id])
    assert client.post(path, {act: ""}).status_code == status
    invitation.refresh_from_db()
    done = invitation.revoked_at is not None if act == "revoke" else invitation.sent_at > NOW
    assert done is (who in ("focal_point", "curator"))
    assert client.get(path).status_code == 405


def test_an_invitation_of_another_organisation_is_not_found(client, cast):
    invitation = invite(cast)
    client.force_login(cast.publisher)
    path = reverse("team-invitation", args=[cast.agency.slug, invitation.public_id])
    assert client.post(path, {"revoke": ""}).status_code == 404
    assert Invitation.objects.waiting().count() == 1


def test_a_second_membership_of_the_same_kind_is_not_made(cast):
    invitation = invite(cast, at=NOW)
    person = UserFactory(email=NEW.lower())
    kept = MembershipFactory(user=person, organisation=cast.ministry)
    assert services.accept(invitation=invitation, user=person, at=NOW) == kept
