"""The reader's list of notices, the number beside the bell, and the curators' view."""

import pytest
from django.db import connection
from django.template import RequestContext, Template
from django.urls import reverse

from notifications.enums import EmailState
from notifications.models import Email, Notice
from notifications.queries import notices_of, unread
from tests.factories import UserFactory

LISTS = ["admin:notifications_email_changelist", "admin:notifications_notice_changelist"]


def titles(page):
    return [text for _, text in page.context["rows"]]


def test_readers_see_their_own_notices_newest_first_in_their_language(cast, client, tell):
    tell(cast.focal_point, key="1", title="first")
    tell(cast.focal_point, cast.colleague, key="2", title="<second>")
    tell(cast.outsider, key="3", title="of another")
    client.force_login(cast.focal_point)
    page = client.get(reverse("notice-list"))
    assert titles(page) == ["Yes: <second>", "Yes: first"]
    assert "Yes: &lt;second&gt;" in page.content.decode()
    assert 'href="/things/1/"' in page.content.decode()
    page = client.get(reverse("notice-list"), headers={"accept-language": "fr"})
    assert titles(page) == ["Oui: <second>", "Oui: first"]


def test_visitors_log_in_first(client, db):
    response = client.get(reverse("notice-list"))
    assert response["Location"] == f"{reverse('account_login')}?next={reverse('notice-list')}"


def test_an_empty_list_says_so(cast, client):
    client.force_login(cast.focal_point)
    page = client.get(reverse("notice-list")).content.decode()
    assert "Nothing has happened yet" in page
    assert "Mark all" not in page


def test_posting_marks_one_or_all_of_ones_own(cast, client, tell):
    for key in "123":
        tell(cast.focal_point, cast.colleague, key=key)
    mine = Notice.objects.filter(recipient=cast.focal_point)
    of_another = Notice.objects.filter(recipient=cast.colleague)
    client.force_login(cast.focal_point)
    page = reverse("notice-list")
    assert client.post(page, {"notice": mine[0].pk})["Location"] == page
    assert mine.filter(read_at=None).count() == 2
    for nonsense in (of_another[0].pk, "x", "-1", "9" * 30, ""):
        client.post(page, {"notice": nonsense})
    assert mine.filter(read_at=None).count() == 2
    client.post(page)
    assert mine.filter(read_at=None).count() == 0
    assert of_another.filter(read_at=None).count() == 3
    read_at = mine[0].read_at
    client.post(page)
    assert mine[0].read_at == read_at


def test_the_list_has_pages(cast, client, tell):
    for number in range(21):
        tell(cast.focal_point, key=str(number), title=str(number))
    client.force_login(cast.focal_point)
    first, second = (client.get(reverse("notice-list"), {"page": page}) for page in (1, 2))
    assert titles(first) == [f"Yes: {number}" for number in range(20, 0, -1)]
    assert titles(second) == titles(client.get(reverse("notice-list"), {"page": "999"})) == ["Yes: 0"]


QUERIES = 6  # session, reader, roles and unread (both for the menu), count, page


def test_the_list_takes_as_many_queries_for_three_as_for_one(cast, client, tell, django_assert_num_queries):
    client.force_login(cast.focal_point)
    page = reverse("notice-list")
    client.get(page)
    counts = []
    for keys in ("1", "23"):
        for key in keys:
            tell(cast.focal_point, key=key)
        with django_assert_num_queries(QUERIES) as queries:
            rows = client.get(page).context["rows"]
        counts.append((len(rows), len(queries)))
    assert counts == [(1, QUERIES), (3, QUERIES)]


def test_the_number_of_unread_is_counted_only_where_it_is_shown(cast, rf, tell, django_assert_num_queries):
    for key in "123":
        tell(cast.focal_point, key=key)
    Notice.objects.filter(dedup_key="1").update(read_at=Notice.objects.first().created_at)
    request = rf.get("/")
    request.user = cast.focal_point
    with django_assert_num_queries(0):
        context = unread(request)
    template = Template("{% if unread_notices %}{{ unread_notices }} of {{ unread_notices }}{% endif %}")
    with django_assert_num_queries(1):
        assert template.render(RequestContext(request, context)) == "2 of 2"
    request.user = cast.visitor
    assert template.render(RequestContext(request, unread(request))) == ""
    assert unread(rf.get("/")) == {"unread_notices": 0}


def test_the_unread_are_found_without_looking_at_what_was_read(cast):
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET LOCAL enable_seqscan = off")  # what it would not do with many rows
    plan = notices_of(cast.focal_point).filter(read_at__isnull=True).order_by().explain()
    assert "notice_unread" in plan


@pytest.mark.parametrize("name", LISTS)
def test_admin_lists_are_for_curators(cast, client, tell, name):
    tell(cast.focal_point)
    for person in (cast.focal_point, cast.publisher, cast.observer):
        client.force_login(person)
        assert client.get(reverse(name), follow=True).status_code == 403
    client.force_login(cast.curator)
    page = client.get(reverse(name))
    assert page.context["cl"].result_count == 1
    row = page.context["cl"].result_list[0]
    detail = reverse(f"admin:notifications_{row._meta.model_name}_change", args=[row.pk])
    shown = client.get(detail).content.decode()
    assert "L&#x27;eau" in shown
    assert 'type="submit" value="Save"' not in shown
    assert client.post(detail, {}).status_code == 403
    assert client.get(reverse(f"admin:notifications_{row._meta.model_name}_add")).status_code == 403
    assert client.post(detail.replace("change", "delete"), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(("name", "queries"), [(LISTS[0], 9), (LISTS[1], 8)])
def test_admin_lists_take_as_many_queries_for_three_as_for_one(
    cast, client, tell, name, queries, django_assert_num_queries
):
    client.force_login(cast.curator)
    client.get(reverse(name))
    tell(cast.focal_point)
    with django_assert_num_queries(queries):
        assert client.get(reverse(name)).context["cl"].result_count == 1
    tell(*UserFactory.create_batch(2))
    with django_assert_num_queries(queries):
        assert client.get(reverse(name)).context["cl"].result_count == 3


def test_curators_send_again_what_was_given_up(cast, client, tell):
    tell(cast.focal_point, cast.colleague)
    lost, queued = Email.objects.order_by("pk")
    Email.objects.filter(pk=lost.pk).update(state=EmailState.FAILED, attempts=6)
    client.force_login(cast.curator)
    chosen = {"action": "send_again", "_selected_action": [lost.pk, queued.pk]}
    page = client.post(reverse(LISTS[0]), chosen, follow=True).content.decode()
    assert "is back in the queue" in page
    assert "was not given up" in page
    lost.refresh_from_db()
    assert (lost.state, lost.attempts) == (EmailState.QUEUED, 0)
