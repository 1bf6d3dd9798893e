"""Promises the project makes about itself, each held by a test (docs/architecture.md)."""

import ast
import hashlib
import re
import subprocess
import sys
from gettext import GNUTranslations
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

from notifications.rules import KINDS
from solutions.rules import FIELDS

ROOT = Path(__file__).resolve().parent.parent
APPS = ("ssc_platform", "matching", "solutions", "notifications", "accounts", "taxonomy", "core")
MODULES = sorted(
    path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.relative_to(ROOT).parts
)
TEMPLATES = sorted(path for app in APPS for path in (ROOT / app).rglob("templates/**/*") if path.is_file())
DOCS = "\n".join(path.read_text() for path in sorted((ROOT / "docs").rglob("*.md")))
LANGUAGES = [code for code, _ in settings.LANGUAGES if code != "en"]

FILE_LINES = 400
FUNCTION_LINES = 60
TEMPLATE_LINES = 250


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_over_its_budget():
    long = {name(path): n for path in MODULES if (n := len(path.read_text().splitlines())) > FILE_LINES}
    long |= {name(path): n for path in TEMPLATES if (n := len(path.read_text().splitlines())) > TEMPLATE_LINES}
    assert long == {}


def test_no_function_is_over_its_budget():
    long = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    long[f"{name(path)}:{node.name}"] = lines
    assert long == {}


def test_every_module_says_what_it_is():
    silent = [
        name(p)
        for p in MODULES
        if p.name not in {"apps.py", "__init__.py"} and not ast.get_docstring(ast.parse(p.read_text()))
    ]
    assert silent == []


def test_every_suppressed_warning_has_a_reason():
    bare = re.compile(r"#\s*(noqa|type: ignore)(\[[^\]]*\]|:\s*[A-Z0-9, ]+)?\s*$")
    found = [
        f"{name(path)}:{number}"
        for path in MODULES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if bare.search(line)
    ]
    assert found == []


def test_constraints_name_no_host():
    assert "://" not in (ROOT / "constraints.txt").read_text()


@pytest.mark.django_db
def test_no_model_changes_without_a_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_job_that_is_enqueued_or_scheduled_is_registered():
    current_app.loader.import_default_modules()
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    for path in MODULES:
        names |= set(re.findall(r'(?:enqueue|do_now)\(\s*"([a-z_.]+)"', path.read_text()))
    assert "matching.rank_entry" in names
    assert names - set(current_app.tasks) == set()


def table(file, title):
    """Return the first column of the table under a heading of a guide, as words."""
    section = (ROOT / "docs" / file).read_text().split(f"\n## {title}\n")[1].split("\n## ")[0]
    return {word for row in re.findall(r"^\| (.*?) \|", section, re.M)[1:] for word in re.findall(r"[\w.]+", row)}


def test_every_environment_variable_is_documented():
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "ssc_platform" / "settings.py").read_text()))
    assert len(read) > 15
    assert table("operations.md", "Settings") == read


def test_everything_that_runs_by_the_clock_is_documented():
    assert table("operations.md", "By the clock") == {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}


def test_every_command_is_documented():
    commands = {path.stem for path in MODULES if path.parent.name == "commands" and path.stem != "__init__"}
    assert table("operations.md", "Commands") == commands


def test_every_record_and_each_of_its_fields_that_files_hold_is_documented():
    models = {model.__name__ for app in APPS for model in apps.get_app_config(app).get_models()}
    assert table("data-model.md", "Records") == {name for name in models if not name.startswith("Historical")}
    fields = {"id", "kind", "organisation", *(name for kind in FIELDS for name in FIELDS[kind])}
    assert table("data-model.md", "Import and export") == fields


def _api_paths(patterns, prefix=""):
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _api_paths(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern) and path.startswith("api/v1/"):
            yield path


def test_every_collection_of_the_api_is_documented():
    collections = {
        match.group(1)
        for path in _api_paths(get_resolver().url_patterns)
        if (match := re.match(r"api/v1/\^?([a-z-]+)/", path))
    }
    assert {"solutions", "demands", "offers"} <= collections
    assert sorted(c for c in collections if f"/api/v1/{c}/" not in DOCS) == []


def _names(patterns, prefix=""):
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield pattern.name, path.startswith("api/")
        elif not pattern.namespace:
            yield from _names(pattern.url_patterns, path)


def test_pages_and_api_share_no_name():
    """A link would lead to whichever of the two comes last."""
    names = set(_names(get_resolver().url_patterns))
    pages, api = ({name for name, of_api in names if name and of_api is wanted} for wanted in (False, True))
    assert {"solution-list", "notice-list"} <= pages
    assert sorted(pages & api) == []


def test_every_notification_kind_is_declared_worded_and_documented():
    kinds, sent = set(KINDS), set()
    for path in MODULES:
        sent |= set(re.findall(r'(?:kind=|"kind": )"([a-z]+\.[a-z_]+)"', path.read_text()))
    assert sent == kinds
    templates = {name(path).split("templates/", 1)[1] for path in TEMPLATES}
    wanted = {f"notifications/{kind}{part}" for kind in kinds for part in (".subject.txt", ".txt")}
    assert sorted(wanted - templates) == []
    assert sorted(kind for kind in kinds if f"`{kind}`" not in DOCS) == []


def test_the_openapi_schema_is_current():
    out = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    assert out.getvalue().rstrip() == (ROOT / "docs" / "openapi.yaml").read_text().rstrip()


def texts_of(compiled):
    return {source: text for source, text in GNUTranslations(compiled)._catalog.items() if source}


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_are_complete_and_compiled(language):
    folder = ROOT / "ssc_platform" / "locale" / to_locale(language) / "LC_MESSAGES"
    with (folder / "django.po").open("rb") as text:
        po = read_po(text)
    forms = {m.id: m.string if isinstance(m.string, tuple) else (m.string,) for m in po if m.id}
    assert [source for source, translated in forms.items() if not all(translated)] == []
    assert [m.id for m in po if m.id and m.fuzzy] == []
    compiled = BytesIO()
    write_mo(compiled, po)
    compiled.seek(0)
    with (folder / "django.mo").open("rb") as committed:
        assert texts_of(committed) == texts_of(compiled)


def test_every_text_of_the_interface_is_in_the_catalogues():
    """Extract as makemessages does, without its external programs: what is marked in code must be translated."""
    marked = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                function = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if function in {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}:
                    marked.add(node.args[0].value)
    quoted = re.compile(r"""gettext\((u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")""")
    for path in TEMPLATES:
        marked |= {ast.literal_eval(text) for text in quoted.findall(templatize(path.read_text()))}
    assert len(marked) > 200
    for language in LANGUAGES:
        with (ROOT / "ssc_platform" / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po").open("rb") as text:
            known = {m.id[0] if isinstance(m.id, tuple) else m.id for m in read_po(text)}
        assert sorted(marked - known) == []


def test_vendored_files_are_what_their_list_says():
    folder = ROOT / "ssc_platform" / "static" / "site" / "vendor"
    listed = dict(
        re.findall(r"^\| (\S+\.(?:css|js)) \|.*\| ([0-9a-f]{64}) \|$", (folder / "README.md").read_text(), re.M)
    )
    actual = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.suffix != ".md"
    }
    assert listed == actual


def test_layers_hold():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout


def test_no_inline_script_or_style():
    bad = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.I)
    assert [name(path) for path in TEMPLATES if path.suffix == ".html" and bad.search(path.read_text())] == []
