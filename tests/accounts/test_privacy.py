"""What is on record about a person, and what is left of it when the account is deleted."""

import json
import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.urls import reverse
from django.utils.translation import override

from accounts import services
from accounts.enums import Role
from accounts.models import FORMER_MEMBER, Invitation, Membership, User
from accounts.queries import personal_data, relations_of_people, tables_of
from accounts.services.privacy import GRACE, INVITATIONS_KEPT
from accounts.tasks import delete_due
from core.models import KeptAnswer
from notifications.models import Email
from notifications.services import notify
from solutions.models import EntryEvent
from tests.factories import NOW, PASSWORD, MembershipFactory, SolutionFactory, UserFactory


@pytest.fixture
def busy(cast):
    """A publisher who did, was told, and was written about."""
    person = cast.publisher
    User.objects.filter(pk=person.pk).update(name="Awa Diop")
    person.refresh_from_db()
    entry = SolutionFactory(organisation=cast.agency)
    cast.event = EntryEvent.objects.create(
        entry=entry.entry_ptr, by=person, from_state="draft", to_state="submitted", note="Please read.", at=NOW
    )
    notify(
        kind="notifications.mail_switched_off", recipients=[person], event_key="k", path="/", at=NOW,
        context={"address": "a", "reason": "b"},
    )  # fmt: skip
    member = f"{person.memberships.get()}"
    said = [{"added": {"name": "membership", "object": member}}]
    LogEntry.objects.create(
        user=cast.curator, action_flag=CHANGE, object_repr=str(cast.agency), object_id=str(cast.agency.pk),
        content_type_id=_content_type(cast.agency), change_message=json.dumps(said),
    )  # fmt: skip
    LogEntry.objects.create(
        user=person, action_flag=CHANGE, object_repr="Awa Diop", object_id=str(person.pk),
        content_type_id=_content_type(person), change_message="[]",
    )  # fmt: skip
    return cast


def _content_type(row):
    return ContentType.objects.get_for_model(row).pk


def test_the_file_says_everything_and_no_secret(busy):
    data = personal_data(busy.publisher)
    [user] = data["accounts.user"]
    assert (user["email"], user["name"], "password" in user) == (busy.publisher.email, "Awa Diop", False)
    [membership] = data["accounts.membership"]
    assert membership["role"] == "publisher"
    [event] = data["solutions.entryevent"]
    assert (event["note"], event["at"], "entry_id" in event) == ("Please read.", NOW, False)
    assert [row["context"] for row in data["notifications.notice"]] == [{"address": "a", "reason": "b"}]
    assert data["account.emailaddress"][0]["email"] == busy.publisher.email


def test_no_letter_and_no_kept_answer_gives_a_link_or_a_secret_away(client, cast):
    client.post(reverse("account_reset_password"), {"email": cast.publisher.email})
    letter = Email.objects.get()
    KeptAnswer.objects.create(user=cast.publisher, key="k", request="", body={"secret": "whsec_x"}, created_at=NOW)
    data = personal_data(cast.publisher)
    assert (data["notifications.email"][0]["subject"], data["core.keptanswer"][0]["key"]) == (letter.subject, "k")
    told = str(data)
    assert ("/password/reset/key/" in letter.text, "/password/reset/key/" in told, "whsec_" in told) == (
        True, False, False,
    )  # fmt: skip


def test_every_table_that_knows_people_is_read(cast):
    tables = {relation.related_model._meta.label_lower for relation in relations_of_people()}
    assert {
        "accounts.accesstoken", "accounts.membership", "mfa.authenticator", "matching.matchevent",
        "matching.matchmessage", "notifications.email", "notifications.preference", "solutions.entryevent",
        "solutions.historicalsolution", "admin.logentry", "socialaccount.socialaccount",
    } <= tables  # fmt: skip


def test_the_page_and_the_file_ask_for_the_password_again(logged_in, cast):
    for name in ("my-data", "my-data-file", "account-delete"):
        assert logged_in.get(reverse(name)).headers["Location"].startswith(reverse("account_reauthenticate"))
    logged_in.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = logged_in.get(reverse("my-data"))
    assert cast.focal_point.email in page.content.decode()
    answer = logged_in.get(reverse("my-data-file"))
    assert json.loads(answer.content)["accounts.user"][0]["email"] == cast.focal_point.email
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert cast.colleague.email not in answer.content.decode()


def test_the_page_names_tables_and_columns_in_the_reader_s_language(cast):
    with override("ar"):
        tables = tables_of(personal_data(cast.focal_point))
        named = [str(table["name"]) for table in tables]
        named += [str(name) for table in tables for row in table["rows"] for name, _value in row]
    assert [name for name in named if re.search("[A-Za-z]", name)] == []
    assert any("(" in name for name in named)  # past versions are told from what stands


def test_the_page_takes_as_many_queries_for_three_rows_as_for_one(logged_in, cast, django_assert_max_num_queries):
    logged_in.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    logged_in.get(reverse("my-data"))
    with django_assert_max_num_queries(200) as first:
        logged_in.get(reverse("my-data"))
    MembershipFactory.create_batch(3, user=cast.focal_point)
    with django_assert_max_num_queries(len(first)):
        page = logged_in.get(reverse("my-data"))
    assert [table["count"] for table in page.context["tables"] if table["name"] == "memberships"] == [4]


def test_an_account_is_deleted_after_a_time_to_think_it_over(logged_in, cast):
    logged_in.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    logged_in.post(reverse("account-delete"))
    due = User.objects.get(pk=cast.focal_point.pk).deletion_due_at
    [letter] = Email.objects.all()
    assert (letter.recipient, reverse("account-delete") in letter.text) == (cast.focal_point, True)
    assert "will be deleted on" in logged_in.get(reverse("account-profile")).content.decode()
    assert services.delete_due(at=due - timedelta(seconds=1)) == 0
    logged_in.post(reverse("account-delete"), {"keep": ""})
    assert services.delete_due(at=due) == 0
    logged_in.post(reverse("account-delete"))
    assert services.delete_due(at=due + GRACE) == 1
    assert not User.objects.filter(pk=cast.focal_point.pk).exists()
    assert logged_in.get(reverse("account-profile")).status_code == 302


def test_what_was_done_stays_and_names_nobody(busy):
    person, email = busy.publisher, busy.publisher.email
    Membership.objects.filter(user=busy.unverified_member).update(
        deputy=person, away_from=NOW.date(), away_until=NOW.date()
    )
    Invitation.objects.create(organisation=busy.agency, email=email, role="observer", expires_at=NOW)
    key = person.pk
    services.erase(user=person)
    former = User.objects.get(email=FORMER_MEMBER)
    busy.event.refresh_from_db()
    assert (busy.event.by, busy.event.note, str(busy.event.by)) == (former, "Please read.", "former member")
    assert (former.is_active, former.has_usable_password()) == (False, False)
    assert Membership.objects.get(user=busy.unverified_member).deputy is None
    assert not Invitation.objects.exists()
    for relation in relations_of_people():
        rows = relation.related_model._base_manager
        assert not rows.filter(**{relation.field.attname: key}).exists(), relation
    assert not User.history.filter(id=key).exists()
    log = json.dumps(list(LogEntry.objects.values("object_repr", "change_message", "user_id")), ensure_ascii=False)
    assert "Awa" not in log
    assert LogEntry.objects.filter(user=former).exists()
    [goodbye] = Email.objects.all()
    assert (goodbye.recipient, goodbye.address) == (None, email)


def test_a_second_person_goes_the_same_way(cast):
    for person in (cast.observer, cast.outsider):
        services.erase(user=person)
    assert User.objects.filter(email=FORMER_MEMBER).count() == 1


def test_who_leaves_an_organisation_without_managers_is_warned(client, cast):
    def warned(person):
        client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        left = client.get(reverse("account-delete")).context["left"]
        client.post(reverse("account_logout"))
        return left

    assert [warned(person) for person in (cast.focal_point, cast.observer)] == [[], []]
    assert warned(cast.publisher) == [cast.agency]
    MembershipFactory(organisation=cast.agency, role=Role.OBSERVER)
    MembershipFactory(organisation=cast.agency, role=Role.PUBLISHER, user__is_active=False)
    assert warned(cast.publisher) == [cast.agency]
    MembershipFactory(organisation=cast.agency, role=Role.FOCAL_POINT)
    assert warned(cast.publisher) == []


def test_the_last_operator_stays(client, db):
    operator = UserFactory(is_superuser=True)
    with pytest.raises(services.LastOperatorError):
        services.request_deletion(user=operator, at=NOW)
    other = UserFactory(is_superuser=True)
    assert services.request_deletion(user=operator, at=NOW) == NOW + GRACE
    with pytest.raises(services.LastOperatorError):  # the other one is leaving
        services.request_deletion(user=other, at=NOW)


def test_who_asks_twice_is_told_once_and_gets_no_more_time(cast):
    assert services.request_deletion(user=cast.observer, at=NOW) == NOW + GRACE
    assert services.request_deletion(user=cast.observer, at=NOW + GRACE / 2) == NOW + GRACE
    assert Email.objects.count() == 1


def test_who_changes_their_mind_while_others_are_deleted_stays(cast):
    User.objects.filter(pk__in=[cast.observer.pk, cast.outsider.pk]).update(deletion_due_at=NOW)

    def changes_mind(execute, sql, *rest):
        if sql.startswith('DELETE FROM "accounts_user"'):
            User.objects.filter(pk=cast.outsider.pk).update(deletion_due_at=None)
        return execute(sql, *rest)

    with connection.execute_wrapper(changes_mind):
        assert services.delete_due(at=NOW) == 1
    assert User.objects.filter(pk=cast.outsider.pk).exists()


def test_the_nightly_task_deletes_and_forgets_old_invitations(cast):
    User.objects.filter(pk=cast.observer.pk).update(deletion_due_at=NOW - timedelta(days=1))
    old = {"organisation": cast.agency, "role": "observer", "expires_at": NOW - INVITATIONS_KEPT}
    Invitation.objects.create(email="old@example.org", **old)
    Invitation.objects.create(email="new@example.org", **{**old, "expires_at": NOW + timedelta(days=900)})
    delete_due()
    assert not User.objects.filter(pk=cast.observer.pk).exists()
    assert [one.email for one in Invitation.objects.all()] == ["new@example.org"]
