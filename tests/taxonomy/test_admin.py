"""The reference data in the admin: to be looked up, not changed."""

import pytest
from django.apps import apps
from django.contrib.admin import site as admin_site
from django.urls import reverse

from taxonomy.models import Country

NAMES = [
    ("goal", "1", "No poverty"),
    ("target", "2.a", "Investment in farm research"),
    ("region", "011", "Western Africa"),
    ("country", "SEN", "Senegal"),
    ("countrygroup", "ldc", "Least developed countries"),
    ("sector", "irrigation", "Irrigation"),
    ("modality", "twinning", "Twinning"),
    ("language", "sw", "Swahili"),
]


@pytest.mark.parametrize(("model", "pk", "name"), NAMES)
def test_lists_and_rows_show_names_and_offer_no_change(loaded, admin_client, model, pk, name):
    listed = admin_client.get(reverse(f"admin:taxonomy_{model}_changelist"), {"q": name})
    assert listed.status_code == 200
    assert name in listed.content.decode()
    shown = admin_client.get(reverse(f"admin:taxonomy_{model}_change", args=[pk]))
    assert name in shown.content.decode()
    assert 'name="_save"' not in shown.content.decode()
    assert admin_site.get_model_admin(apps.get_model("taxonomy", model)).get_model_perms(shown.wsgi_request) == {
        "add": False,
        "change": False,
        "delete": False,
        "view": True,
    }


def test_countries_are_found_by_a_name_that_is_not_in_the_database(loaded, admin_client):
    response = admin_client.get(reverse("admin:taxonomy_country_changelist"), {"q": "senegal"})
    assert [country.code for country in response.context["cl"].result_list] == ["SEN"]


def test_countries_are_filtered_by_group(loaded, admin_client):
    response = admin_client.get(
        reverse("admin:taxonomy_country_changelist"), {"memberships__group__code__exact": "lldc"}
    )
    assert response.context["cl"].result_count == 32
    assert Country.objects.count() == 248


def test_the_country_list_costs_the_same_with_any_number_of_rows(loaded, admin_client, django_assert_num_queries):
    url = reverse("admin:taxonomy_country_changelist")
    admin_client.get(url)
    with django_assert_num_queries(8):
        admin_client.get(url, {"region__code__exact": "010"})
    with django_assert_num_queries(8):
        admin_client.get(url)
