"""The container files and the production settings say what they must; no container engine is needed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": "x" * 25 + "abcdefghijklmnopqrstuvwxyz0123456789",
    "ALLOWED_HOSTS": "match.example.org",
    "SITE_URL": "https://match.example.org",
    "EMAIL_HOST": "smtp.example.org",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=kept | environment, capture_output=True, text=True, timeout=120)


def test_every_service_is_there_with_a_health_check():
    services = COMPOSE["services"]
    assert set(services) == {"migrate", "web", "worker", "beat", "postgres", "redis"}
    assert [name for name in services if "healthcheck" not in services[name]] == ["migrate"]


def test_what_must_last_is_on_a_named_volume():
    services = COMPOSE["services"]
    mounts = {mount.split(":")[0] for service in services.values() for mount in service["volumes"]}
    assert mounts == set(COMPOSE["volumes"]) == {"app-data", "postgres-data", "redis-data"}


def test_no_secret_has_a_working_default():
    for service in COMPOSE["services"].values():
        for name, value in service.get("environment", {}).items():
            if any(word in name for word in ("SECRET", "PASSWORD")):
                assert value.startswith("${" + name + ":?") or value == "${" + name + ":-}"


def test_every_setting_reaches_the_containers():
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "ssc_platform" / "settings.py").read_text()))
    made_for_the_image = {"VAR_DIR", "STATIC_ROOT"}
    for service in ("migrate", "web", "worker", "beat"):
        assert read - made_for_the_image - set(COMPOSE["services"][service]["environment"]) == set()


def test_production_starts_with_the_environment_of_the_containers_when_only_the_needed_is_set(tmp_path):
    """Settings that compose hands on empty keep their defaults."""
    given = PRODUCTION | {"POSTGRES_PASSWORD": "letters-and_digits-0"}

    def filled(found):
        return given.get(found[1], found[3]) if found[2] == ":-" else given[found[1]]

    environment = {
        name: re.sub(r"\$\{(\w+)(:[-?])([^}]*)\}", filled, value)
        for name, value in COMPOSE["services"]["web"]["environment"].items()
    }
    assert not any("$" in value for value in environment.values())
    done = manage("check", "--deploy", "--fail-level", "WARNING", VAR_DIR=str(tmp_path), **environment)
    assert done.returncode == 0, done.stderr


def test_the_image_holds_no_secret_file_of_the_folder_it_is_built_in():
    assert ".*" in (ROOT / ".dockerignore").read_text().split()


def test_only_the_web_port_is_published_and_only_to_this_host():
    published = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]
    assert published == ["127.0.0.1:8000:8000"]


@pytest.mark.parametrize("program", ["gunicorn", "celery"])
def test_the_programs_of_the_commands_exist(program):
    assert (Path(sys.executable).parent / program).exists()


def test_the_image_does_not_run_as_root():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert "USER ssc" in lines
    assert lines.index("USER ssc") < next(n for n, line in enumerate(lines) if line.startswith("CMD"))


@pytest.mark.parametrize(("given", "said"), [({}, ""), ({"EMAIL_HOST": ""}, "nobody gets them")])
def test_production_passes_the_deployment_check_once_mail_leaves(tmp_path, given, said):
    done = manage("check", "--deploy", "--fail-level", "WARNING", VAR_DIR=str(tmp_path), **(PRODUCTION | given))
    assert (done.returncode != 0, said in done.stderr) == (bool(said), True), done.stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"DEBUG": "maybe"}, "DEBUG='maybe'"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"SITE_URL": "http://match.example.org"}, "SITE_URL"),
        ({"MATCHES_PER_DEMAND": "-3"}, "MATCHES_PER_DEMAND='-3'"),
        ({"OIDC_SERVER_URL": "https://id.example.org", "OIDC_CLIENT_ID": "ssc"}, "OIDC_CLIENT_SECRET"),
        (
            {"OIDC_SERVER_URL": "http://id.example.org", "OIDC_CLIENT_ID": "ssc", "OIDC_CLIENT_SECRET": "x"},
            "OIDC_SERVER_URL='http://id.example.org'",
        ),
    ],
)
def test_production_refuses_to_start_unsafe(tmp_path, change, said):
    done = manage("check", VAR_DIR=str(tmp_path), **(PRODUCTION | change))
    assert done.returncode != 0
    assert said in done.stderr


def test_production_demands_a_second_step_and_lets_forms_lead_to_the_sign_on_alone(tmp_path):
    sign_on = {"OIDC_SERVER_URL": "https://id.example.org/realm/", "OIDC_CLIENT_ID": "ssc", "OIDC_CLIENT_SECRET": "x"}
    asked = (
        "from django.conf import settings; "
        "print(settings.MFA_REQUIRED_FOR_ADMIN, settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'])"
    )
    for more, said in ((sign_on, """True ["'self'", 'https://id.example.org']"""), ({}, """True ["'self'"]""")):
        done = manage("shell", "--no-imports", "-c", asked, VAR_DIR=str(tmp_path), **(PRODUCTION | more))
        assert done.stdout.strip() == said


@pytest.mark.parametrize(("behind", "counted"), [("0", "127.0.0.1"), ("1", "203.0.113.7")])
def test_a_visitor_is_counted_by_the_address_that_the_proxy_saw_not_by_one_of_their_choice(tmp_path, behind, counted):
    asked = (
        "from allauth.account.adapter import get_adapter; from django.test import RequestFactory; "
        "from core.throttling import ScopeThrottle; "
        "request = RequestFactory().get('/', headers={'x-forwarded-for': '198.51.100.1, 203.0.113.7'}); "
        "print(ScopeThrottle().get_ident(request), get_adapter().get_client_ip(request))"
    )
    production = PRODUCTION | {"BEHIND_PROXY": behind, "VAR_DIR": str(tmp_path)}
    done = manage("shell", "--no-imports", "-c", asked, **production)
    assert done.stdout.split() == [counted, counted], done.stderr
