"""Writing notices and e-mails: once for each person and event, each in the reader's language."""

import pytest
from django.db import connection, transaction
from django.utils import translation

from notifications.enums import EmailState
from notifications.models import Email, Notice
from tests.factories import NOW, UserFactory

pytestmark = pytest.mark.django_db


def test_a_notice_and_an_email_for_each(tell):
    ada, ben = UserFactory(name="Ada"), UserFactory(name="Ben")
    assert tell(ada, ben) == 2
    notice = Notice.objects.get(recipient=ada)
    assert (notice.kind, notice.path, notice.created_at) == ("test.event", "/things/1/", NOW)
    assert notice.context == {"title": "L'eau & <la terre>"}
    assert (notice.email.recipient, notice.email.state, notice.email.next_attempt_at) == (ada, EmailState.QUEUED, NOW)
    assert notice.email.subject == "Yes: L'eau & <la terre>"
    assert notice.email.text.startswith("Dear Ada,\n\nSunday, L'eau & <la terre>.\n\nhttp://127.0.0.1:8000/things/1/\n")
    assert notice.email.message_id.endswith("@127.0.0.1>")
    assert notice.email.message_id != Notice.objects.get(recipient=ben).email.message_id


def test_each_reads_it_in_their_own_language(tell):
    tell(UserFactory(language="fr", name="Awa"), UserFactory(language="en", name="Ben"))
    by_language = {email.recipient.language: email for email in Email.objects.select_related("recipient")}
    assert by_language["fr"].subject.startswith("Oui: ")
    assert "dimanche, L'eau" in by_language["fr"].text
    assert by_language["en"].subject.startswith("Yes: ")
    assert translation.get_language() == "en"


def test_nobody_hears_twice_of_one_event(tell):
    ada, ben = UserFactory(), UserFactory()
    assert tell(ada, ada) == 1
    assert tell(ada, ben) == 1
    assert tell(ada, ben) == 0
    assert tell(ada, key="thing:1:happened:again") == 1
    assert Email.objects.filter(recipient=ada).count() == Notice.objects.filter(recipient=ada).count() == 2
    assert Email.objects.filter(recipient=ben).count() == 1


def test_who_is_told_by_another_worker_in_between_is_not_told_again(tell):
    ada, ben = UserFactory(), UserFactory()
    quicker = []

    def other_worker(execute, sql, *rest):
        if sql.startswith('INSERT INTO "notifications_email"') and not quicker:
            quicker.append(None)
            quicker[0] = tell(ada)
        return execute(sql, *rest)

    with connection.execute_wrapper(other_worker):
        assert tell(ada, ben) == 1
    assert quicker == [1]
    told = Notice.objects.order_by("recipient").values_list("recipient", "email__recipient")
    assert list(told) == [(ada.pk, ada.pk), (ben.pk, ben.pk)]
    assert Email.objects.count() == 2


def test_inactive_people_are_left_out(tell):
    assert tell(UserFactory(is_active=False)) == 0
    assert not Notice.objects.exists()
    assert not Email.objects.exists()


def test_nothing_is_told_when_the_change_is_undone(tell):
    with transaction.atomic():
        assert tell(UserFactory()) == 1
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    assert not Email.objects.exists()


def test_a_subject_is_one_line_and_fits(tell):
    tell(UserFactory(), title="a\r\nBcc: everyone@example.org " + "long " * 100)
    subject = Email.objects.get().subject
    assert subject.startswith("Yes: a Bcc: everyone@example.org long")
    assert len(subject) == 250


def test_the_number_of_queries_does_not_grow_with_the_readers(tell, django_assert_num_queries):
    people = UserFactory.create_batch(7)
    counts = []
    for readers, key in ((people[:1], "one"), (people, "seven")):
        with django_assert_num_queries(8) as queries:  # two of them are the savepoint
            tell(*readers, key=key)
        counts.append(len(queries))
    assert counts == [8, 8]


def test_two_at_once_tell_each_person_once(at_once, tell):
    people = at_once(lambda: UserFactory.create_batch(5))[0]
    assert sum(at_once(*[lambda: tell(*people)] * 4)) == 5
    assert at_once(Email.objects.count, Notice.objects.count) == [5, 5]
