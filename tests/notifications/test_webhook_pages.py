"""The pages of webhooks: added, tried, looked into, switched off, and nobody else's."""

import pytest
from django.urls import reverse

from notifications.enums import EmailState
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.services import webhooks
from notifications.views import webhooks as views
from tests.factories import NOW
from tests.notifications.test_webhooks import delivery, endpoint, happened, server

__all__ = ["delivery", "endpoint", "server"]
pytestmark = pytest.mark.django_db


def test_the_page_adds_one_and_shows_its_secret_once(cast, client, server):
    page = reverse("webhook-list")
    assert client.get(page)["Location"].startswith(reverse("account_login"))
    client.force_login(cast.observer)
    assert client.get(page).status_code == 404
    client.force_login(cast.publisher)
    given = {"organisation": cast.agency.pk, "url": server.url}
    assert "private network" not in client.get(page).content.decode()
    for wrong in ({"organisation": cast.ministry.pk}, {"url": "ftp://x"}, {"kinds": ["test.unheard"]}):
        assert client.post(page, {**given, **wrong}).context["form"].errors.keys() == wrong.keys()
    assert not WebhookEndpoint.objects.exists()
    shown = client.post(page, {**given, "kinds": ["solutions.reconfirm"]})
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.organisation, endpoint.created_by) == (cast.agency, cast.publisher)
    assert endpoint.kinds == ["solutions.reconfirm"]
    assert endpoint.secret in shown.content.decode()
    assert endpoint.secret not in client.get(page).content.decode()
    log = reverse("webhook-log", args=[endpoint.public_id])
    assert endpoint.secret not in client.get(log).content.decode()
    renewed = client.post(reverse("webhook-secret", args=[endpoint.public_id])).content.decode()
    assert WebhookEndpoint.objects.get().secret in renewed
    assert WebhookEndpoint.objects.get().secret != endpoint.secret
    assert client.get(reverse("webhook-secret", args=[endpoint.public_id])).url == log


def test_the_list_has_pages_those_switched_off_last(cast, client, endpoint, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    for number in range(3):
        WebhookEndpoint.objects.create(organisation=cast.agency, url=f"https://{number}.example.org/", off_at=NOW)
    client.force_login(cast.publisher)
    pages = []
    for number in (1, 2):
        with django_assert_num_queries(9):
            pages.append(client.get(reverse("webhook-list"), {"page": number}))
    assert [[one.off_at is None for one in page.context["page"]] for page in pages] == [[True, False], [False, False]]
    assert [endpoint.url in page.content.decode() for page in pages] == [True, False]


def test_the_log_shows_what_came_of_it_and_sends_again(cast, client, delivery, endpoint, server):
    server.status = 503
    webhooks.deliver_webhook(delivery_id=delivery.pk, at=NOW)
    client.force_login(cast.publisher)
    log = reverse("webhook-log", args=[endpoint.public_id])
    assert "The receiver answered 503." in client.get(log).content.decode()
    retry = reverse("webhook-retry", args=[endpoint.public_id, delivery.pk])
    for stopped in ("queued", "failed"):
        WebhookDelivery.objects.update(state=stopped)
        assert retry in client.get(log).content.decode()
    assert client.get(retry).status_code == 405
    page = client.post(retry, follow=True).content.decode()
    assert ("on its way again" in page, retry in page) == (True, False)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (EmailState.QUEUED, 0)
    assert "was not given up" in client.post(retry, follow=True).content.decode()
    assert (
        "test message" in client.post(reverse("webhook-test", args=[endpoint.public_id]), follow=True).content.decode()
    )
    assert WebhookDelivery.objects.filter(kind="webhook.test").count() == 1
    client.post(reverse("webhook-off", args=[endpoint.public_id]))
    endpoint.refresh_from_db()
    assert endpoint.off_at is not None
    WebhookDelivery.objects.update(state="failed")
    assert retry not in client.get(log).content.decode()
    assert "This webhook is switched off." in client.post(retry, follow=True).content.decode()


@pytest.mark.parametrize("name", ["webhook-log", "webhook-test", "webhook-off", "webhook-secret"])
def test_the_webhooks_of_others_do_not_exist(cast, client, endpoint, name):
    client.force_login(cast.focal_point)
    page = reverse(name, args=[endpoint.public_id])
    answer = client.get(page) if name == "webhook-log" else client.post(page)
    assert answer.status_code == 404
    endpoint.refresh_from_db()
    assert endpoint.off_at is None


def test_the_log_takes_as_many_queries_for_three_as_for_one(cast, client, endpoint, django_assert_num_queries):
    client.force_login(cast.publisher)
    log = reverse("webhook-log", args=[endpoint.public_id])
    client.get(log)
    counts = []
    for keys in ("1", "23"):
        for key in keys:
            happened(cast.agency, key=key)
        with django_assert_num_queries(8) as queries:
            client.get(log)
        counts.append(len(queries))
    assert counts == [8, 8]


@pytest.mark.parametrize("model", ["webhookendpoint", "webhookdelivery"])
def test_curators_see_them_in_the_admin_without_the_secret(cast, client, delivery, endpoint, model):
    page = reverse(f"admin:notifications_{model}_changelist")
    client.force_login(cast.publisher)
    assert client.get(page, follow=True).status_code == 403
    client.force_login(cast.curator)
    assert client.get(page).context["cl"].result_count == 1
    row = client.get(page).context["cl"].result_list[0]
    detail = client.get(reverse(f"admin:notifications_{model}_change", args=[row.pk])).content.decode()
    assert endpoint.secret not in detail
    if model == "webhookendpoint":
        client.post(page, {"action": "switch_off", "_selected_action": [endpoint.pk]})
        endpoint.refresh_from_db()
        assert endpoint.off_at is not None
