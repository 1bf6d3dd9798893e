"""Makes rows for tests; every factory states what the row needs and nothing more."""

from datetime import UTC, datetime

import factory
from django.utils.text import slugify

from accounts.enums import OrganisationType, Role
from accounts.models import Membership, Organisation, User
from solutions.enums import EntryState
from solutions.models import Demand, Offer, Solution
from taxonomy.models import Country, Language, Region

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"  # the password of every test account


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")

    @factory.post_generation
    def password(self, create, extracted, **_):
        self.set_password(extracted or PASSWORD)
        self.save(update_fields=["password"])
        self.confirm_address()


class LanguageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Language
        django_get_or_create = ("code",)

    code = "en"


class RegionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = "011"
    level = "subregion"


class CountryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Country
        django_get_or_create = ("code",)

    code = "SEN"
    alpha2 = "SN"
    m49 = "686"
    un_member = True
    region = factory.SubFactory(RegionFactory)


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Organisation {n}")
    slug = factory.LazyAttribute(lambda o: slugify(o.name))
    type = OrganisationType.GOVERNMENT
    country = factory.SubFactory(CountryFactory)
    verified_at = NOW


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Role.FOCAL_POINT


class EntryFactory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True

    title = factory.Sequence(lambda n: f"Solar pumps for village gardens {n}")
    summary = "Village gardens are watered by solar pumps that the users' association looks after."
    body = "Women's groups grow vegetables in the dry season. Technicians repair the pumps within two days."
    language = factory.SubFactory(LanguageFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    country = factory.SelfAttribute("organisation.country")
    state = EntryState.PUBLISHED
    published_at = NOW
    confirmed_at = NOW


class SolutionFactory(EntryFactory):
    class Meta:
        model = Solution


class OfferFactory(EntryFactory):
    class Meta:
        model = Offer


class DemandFactory(EntryFactory):
    class Meta:
        model = Demand
