"""What every test starts from: quick passwords, mail in memory, no files outside the test's own folder."""

from collections import defaultdict
from types import SimpleNamespace

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from accounts.enums import OrganisationType, Role
from core.throttling import ScopeThrottle
from tests.factories import CountryFactory, MembershipFactory, OrganisationFactory, RegionFactory


@pytest.fixture(scope="session", autouse=True)
def _static_root(tmp_path_factory):
    django_settings.STATIC_ROOT = tmp_path_factory.mktemp("static")  # whitenoise warns when it is missing


@pytest.fixture(autouse=True)
def _test_settings(settings, tmp_path, monkeypatch):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ARCHIVE_DIR = tmp_path / "archive"
    settings.VAR_DIR = tmp_path / "var"  # where generations of the index are kept
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    monkeypatch.setattr(
        ScopeThrottle, "THROTTLE_RATES", defaultdict(lambda: None)
    )  # no limit, but where a test sets one


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):  # a request leaves its reader's language behind
        yield


@pytest.fixture
def cast(db):
    """One fixed cast for every test about who may do what.

    The ministry has a focal point, a colleague (focal point too) and an observer; the agency, of another country, has
    a publisher; the outsider is a focal point of a third organisation, unverified_member of one nobody has verified;
    the curator works for the secretariat.
    """
    brazil = CountryFactory(code="BRA", alpha2="BR", m49="076", region=RegionFactory(code="005"))
    ministry = OrganisationFactory(name="Ministry of Agriculture")
    agency = OrganisationFactory(name="Cooperation Agency", country=brazil)
    other = OrganisationFactory(name="Other Ministry")
    unverified = OrganisationFactory(name="Unverified Association", verified_at=None)
    secretariat = OrganisationFactory(name="Secretariat", country=None, type=OrganisationType.UN_ENTITY)

    def person(role: Role, organisation):
        return MembershipFactory(role=role, organisation=organisation, user__name=str(role.label)).user

    return SimpleNamespace(
        ministry=ministry,
        agency=agency,
        other=other,
        unverified=unverified,
        secretariat=secretariat,
        focal_point=person(Role.FOCAL_POINT, ministry),
        colleague=person(Role.FOCAL_POINT, ministry),
        observer=person(Role.OBSERVER, ministry),
        publisher=person(Role.PUBLISHER, agency),
        outsider=person(Role.FOCAL_POINT, other),
        unverified_member=person(Role.PUBLISHER, unverified),
        curator=person(Role.CURATOR, secretariat),
        visitor=AnonymousUser(),
    )
