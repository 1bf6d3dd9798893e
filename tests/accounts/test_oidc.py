"""Single sign-on with a real OpenID Connect provider in a thread: known people come in, nobody else."""

import base64
import hashlib
import http.client
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.enums import Role
from accounts.models import Invitation, User
from tests.factories import UserFactory

CLIENT, SECRET = "ssc", "a secret between the two"


class Provider(BaseHTTPRequestHandler):
    """Authorization code flow with PKCE; `who` is the person that everybody is logged in as there."""

    who: dict = {}
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    challenges: dict = {}
    asked: list = []

    @property
    def issuer(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, content, status=200):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        parts = urlsplit(self.path)
        said = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.asked.append(parts.path)
        if parts.path == "/.well-known/openid-configuration":
            names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            found = {f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in names.items()}
            self.answer(found | {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"})
        elif parts.path == "/authorize":
            assert (said["client_id"], said["code_challenge_method"]) == (CLIENT, "S256")
            code = f"code-{len(self.challenges)}"
            self.challenges[code] = said["code_challenge"]
            self.send_response(302)
            self.send_header("Location", f"{said['redirect_uri']}?code={code}&state={said['state']}")
            self.end_headers()
        elif parts.path == "/userinfo" and self.headers["Authorization"] == "Bearer opens-userinfo":
            self.answer(self.who)
        else:
            self.answer({"error": "not_found"}, 404)

    def do_POST(self):
        said = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        digest = hashlib.sha256(said["code_verifier"][0].encode()).digest()
        proved = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == self.challenges.pop(said["code"][0], "")
        if not proved or said["client_secret"] != [SECRET]:
            self.answer({"error": "invalid_grant"}, 400)
            return
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": int(time.time()), "exp": int(time.time()) + 60, **self.who}
        token = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "1"})
        self.answer({"access_token": "opens-userinfo", "token_type": "Bearer", "expires_in": 60, "id_token": token})

    def log_message(self, *args):
        """Be quiet."""


@pytest.fixture
def provider(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    settings.OIDC_SERVER_URL, settings.OIDC_NAME = url, "Ministry sign-on"
    app = {"provider_id": "sso", "name": "Ministry sign-on", "client_id": CLIENT, "secret": SECRET}
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [{**app, "settings": {"server_url": url}}]}
    }
    Provider.asked.clear()
    yield Provider
    server.shutdown()
    thread.join()
    server.server_close()


def sign_on(client, **who):
    """Go through the provider as the site's forms and redirections lead; return the site's last answer."""
    Provider.who = {"sub": "42", "email_verified": True, **who}
    started = client.post(reverse("openid_connect_login", args=["sso"]))
    with_code = _follow(started.headers["Location"])
    return client.get(with_code)


def _follow(url):
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    connection.request("GET", f"{parts.path}?{parts.query}")
    location = connection.getresponse().headers["Location"]
    connection.close()
    back = urlsplit(location)
    return f"{back.path}?{back.query}"


def is_in(client):
    return client.session.get("_auth_user_id")


def test_a_known_person_comes_in_by_the_verified_address(client, cast, provider):
    assert "Ministry sign-on" in client.get(reverse("account_login")).content.decode()
    sign_on(client, email=cast.focal_point.email.upper())
    assert is_in(client) == str(cast.focal_point.pk)
    assert SocialAccount.objects.get().user == cast.focal_point
    client.logout()
    sign_on(client, email="changed.there@example.org")  # the same person there, under another address
    assert is_in(client) == str(cast.focal_point.pk)
    assert User.objects.filter(email="changed.there@example.org").count() == 0


def test_an_address_that_the_provider_did_not_verify_opens_nothing(client, cast, provider):
    page = sign_on(client, email=cast.focal_point.email, email_verified=False)
    assert not is_in(client)
    assert "How to get an account" in page.content.decode()
    assert not SocialAccount.objects.exists()


def test_strangers_get_no_account(client, cast, provider):
    people = User.objects.count()
    page = sign_on(client, email="stranger@example.org")
    assert "How to get an account" in page.content.decode()
    assert (is_in(client), User.objects.count()) == (None, people)


def test_an_invited_person_gets_an_account_with_the_role(client, cast, provider):
    said = {"organisation": cast.ministry, "email": "awa@example.org", "language": "fr", "at": timezone.now()}
    services.invite(role=Role.OBSERVER, by=cast.focal_point, **said)
    sign_on(client, email="awa@example.org", name="Awa Diop", email_verified=False)
    assert not is_in(client)
    sign_on(client, email="Awa@example.org", name="Awa Diop")
    person = User.objects.get(email="awa@example.org")
    assert is_in(client) == str(person.pk)
    assert (person.name, person.language, person.roles) == ("Awa Diop", "fr", {cast.ministry.pk: {Role.OBSERVER}})
    assert not person.has_usable_password()
    assert not Invitation.objects.waiting().exists()


def test_an_invitation_taken_back_brings_nobody_in(client, cast, provider):
    said = {"organisation": cast.ministry, "email": "awa@example.org", "language": "fr", "at": timezone.now()}
    invitation = services.invite(role=Role.OBSERVER, by=cast.focal_point, **said)
    services.revoke(invitation=invitation, by=cast.focal_point, at=timezone.now())
    sign_on(client, email="awa@example.org")
    assert not is_in(client)


def test_the_second_step_is_asked_for_all_the_same(client, cast, provider):
    TOTP.activate(cast.focal_point, generate_totp_secret())
    assert sign_on(client, email=cast.focal_point.email).headers["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)


def test_a_closed_account_stays_closed(client, provider, db):
    person = UserFactory(is_active=False)
    sign_on(client, email=person.email)
    assert not is_in(client)


def test_an_identity_is_joined_to_no_other_account(client, cast, provider):
    client.force_login(cast.publisher)
    started = client.post(f"{reverse('openid_connect_login', args=['sso'])}?process=connect")
    Provider.who = {"sub": "42", "email": cast.focal_point.email, "email_verified": True}
    client.get(_follow(started.headers["Location"]))
    assert SocialAccount.objects.get().user == cast.focal_point
    assert is_in(client) == str(cast.focal_point.pk)


def test_an_answer_without_our_question_is_refused(client, cast, provider):
    Provider.who = {"sub": "42", "email": cast.focal_point.email, "email_verified": True}
    page = client.get(reverse("openid_connect_callback", args=["sso"]), {"code": "code-0", "state": "made up"})
    assert not is_in(client)
    assert "You could not be logged in" in page.content.decode()


def test_reading_the_page_asks_the_provider_nothing(client, provider, db):
    page = client.get(reverse("openid_connect_login", args=["sso"])).content.decode()
    assert "You log in at Ministry sign-on and come back here." in page
    assert Provider.asked == []


def test_without_a_provider_there_is_no_single_sign_on(client, db):
    assert "sign-on" not in client.get(reverse("account_login")).content.decode()
    assert client.post(reverse("openid_connect_login", args=["sso"])).status_code == 404
