"""What the admin calls things is in the catalogues: no field is shown by the name that it has in the code."""

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise

pytestmark = pytest.mark.django_db
OURS = {"accounts", "core", "matching", "notifications", "solutions", "taxonomy"}
REGISTERED = [one for model, one in admin.site._registry.items() if model._meta.app_label in OURS]


def unnamed(model, names, parents=()):
    """Return the fields among the names that have no name for people; a key is ID in every language."""
    for name in names:
        try:
            field = model._meta.get_field(name)
        except (FieldDoesNotExist, TypeError):
            continue  # a method, which the catalogues' own test looks after
        if field.related_model in parents:
            continue
        told = (field.verbose_name, *([field.help_text] if field.help_text else []))
        if not field.auto_created and not all(isinstance(text, Promise) for text in told):
            yield f"{model.__name__}.{name}"


@pytest.mark.parametrize("shown", REGISTERED, ids=[one.model.__name__ for one in REGISTERED])
def test_every_field_that_the_admin_shows_has_a_name_for_people(rf, cast, shown):
    request = rf.get("/")
    request.user = cast.curator
    found = [*unnamed(shown.model, shown.get_list_display(request))]
    found += unnamed(shown.model, flatten_fieldsets(shown.get_fieldsets(request)))
    for inline in shown.get_inline_instances(request):
        found += unnamed(inline.model, flatten_fieldsets(inline.get_fieldsets(request)), parents=[shown.model])
    assert found == []
