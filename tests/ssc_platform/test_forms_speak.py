"""Forms say what is wrong with an entry themselves, in the reader's language; a browser speaks its own."""

import re
from pathlib import Path

import pytest
from django.conf import settings

FORM = re.compile(r"<form .*?</form>", re.DOTALL)
FIELDS = re.compile(r"\{\{ (\w+_)?form(\.as_\w+)? \}\}|\{\{ (row\.)?field \}\}|posting/_field\.html")
PAGES = sorted(path for path in Path(settings.BASE_DIR).glob("[a-z]*/templates/**/*.html") if "admin" not in path.parts)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_form_leaves_its_words_to_the_browser(page):
    for form in FORM.findall(page.read_text()):
        tag = form.splitlines()[0]
        if FIELDS.search(form) and 'method="post"' in tag and "data-security-key" not in tag:
            assert " novalidate" in tag
