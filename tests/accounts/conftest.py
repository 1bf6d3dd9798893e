"""What tests of accounts start from: no tries counted yet; an operator; the focal point, logged in by password."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from tests.factories import PASSWORD, UserFactory


@pytest.fixture(autouse=True)
def _no_tries_counted_yet():
    cache.clear()


@pytest.fixture
def operator(db):
    return UserFactory(is_superuser=True)


@pytest.fixture
def logged_in(client, cast):
    client.post(reverse("account_login"), {"login": cast.focal_point.email, "password": PASSWORD})
    return client
