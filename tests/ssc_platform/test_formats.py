"""Days and times are written in the order of the reader's language."""

import pytest
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import override

from tests.factories import NOW


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_a_time_begins_with_its_day_as_the_day_alone_is_written(language):
    with override(language):
        assert date_format(NOW, "DATETIME_FORMAT").startswith(date_format(NOW, "DATE_FORMAT"))
