"""The schema and the server say the same: every operation is tried with what fits the schema and what does not.

All checks of schemathesis are on. The calls are the examples, every tenth of those that it derives systematically from
the schema (there are thousands), and a few at random from a fixed seed. Curator, focal point and token take turns.
"""

from itertools import count, cycle

import pytest
import schemathesis
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client
from django.test.utils import override_settings
from hypothesis import HealthCheck, settings
from schemathesis.generation.meta import TestPhase

from accounts.enums import Role, Scope
from accounts.models import AccessToken
from core.throttling import ScopeThrottle
from matching.services.ranking import rank_demand
from ssc_platform.wsgi import application
from tests.factories import (
    NOW,
    DemandFactory,
    MembershipFactory,
    OfferFactory,
    OrganisationFactory,
    SolutionFactory,
)

pytestmark = pytest.mark.django_db
EXAMPLES = 3
DERIVED_STEP = 10
CSRF = "c" * 32

schema = schemathesis.pytest.from_fixture("openapi")
tried = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """All reference data, a few entries and a match, for as long as this module runs; and who calls, in turns."""
    with django_db_blocker.unblock(), override_settings(ALLOWED_HOSTS=["*"]), pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScopeThrottle, "allow_request", lambda self, request, view: True)
        for signal in (request_started, request_finished):  # a request would close the connection, and all be lost
            signal.disconnect(close_old_connections)
        with transaction.atomic():
            call_command("load_taxonomy", verbosity=0)
            ministry, agency = OrganisationFactory(), OrganisationFactory(country_id="BRA")
            demand = DemandFactory(organisation=ministry)
            for factory in (SolutionFactory, OfferFactory):
                factory(organisation=agency).goals.set([2, 6])
            rank_demand(demand_id=demand.pk, at=NOW)
            people = [
                MembershipFactory(organisation=organisation, role=role).user
                for organisation, role in (
                    (ministry, Role.FOCAL_POINT),
                    (agency, Role.CURATOR),
                    (agency, Role.PUBLISHER),
                )
            ]
            _, secret = AccessToken.objects.create(people[2], name="all", scopes=Scope.values)
            yield cycle([session(people[0]), session(people[1]), {"headers": {"Authorization": f"Bearer {secret}"}}])
            transaction.set_rollback(True)
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
        ContentType.objects.clear_cache()


def session(person):
    """Return what a browser sends in which a person has logged in; its Authorization is none that the site reads.

    Without one, a header that is made up at random would count as what let the call pass.
    """
    client = Client()
    client.force_login(person)
    cookies = {"sessionid": client.cookies["sessionid"].value, "csrftoken": CSRF}
    return {"headers": {"Authorization": "Session", "X-CSRFToken": CSRF}, "cookies": cookies}


@pytest.fixture(scope="module")
def openapi(world):
    return schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", application)


@pytest.fixture
def wanted():
    """Tell of each call whether it is made: of those derived systematically, every tenth."""
    derived = count()
    return lambda case: case.meta.phase.name != TestPhase.COVERAGE or next(derived) % DERIVED_STEP == 0


@schema.parametrize()
@tried
def test_a_visitor_gets_what_the_schema_says(case, wanted):
    if wanted(case):
        case.call_and_validate()


@schema.parametrize()
@tried
def test_people_and_tokens_get_what_the_schema_says(case, world, wanted):
    if wanted(case):
        case.call_and_validate(**next(world))
