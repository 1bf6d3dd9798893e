"""Settings of the platform: embedded defaults, everything else from the environment (docs/operations.md)."""

import secrets
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from core import env
from ssc_platform.schedule import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("VAR_DIR", default=str(BASE_DIR / "var")))
FIXTURES_DIR = BASE_DIR / "fixtures"

DEBUG = env.flag("DEBUG", default=True)
SECRET_KEY = env.text("SECRET_KEY")
if not DEBUG and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is not set or shorter than 50 characters: give it a long random value.")
if not SECRET_KEY:
    key_file = VAR_DIR / "secret_key"
    if not key_file.exists():
        key_file.parent.mkdir(parents=True, exist_ok=True)
        key_file.write_text(secrets.token_urlsafe(50))
        key_file.chmod(0o600)
    SECRET_KEY = key_file.read_text()
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", default=("localhost", "127.0.0.1") if DEBUG else ())
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
SITE_URL = env.text("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
# 1: one reverse proxy stands before the site, and what it says of a visitor's address and scheme is believed.
BEHIND_PROXY = env.flag("BEHIND_PROXY", default=False)
if not DEBUG and (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS: name the hosts of the site, separated by commas; * is not allowed.")
if not DEBUG and not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured(f"SITE_URL={SITE_URL!r}: links in e-mails need the https:// address of the site.")
SITE_NAME = env.text("SITE_NAME", default="South-South Match")

INSTALLED_APPS = [
    "ssc_platform.apps.PlatformConfig",
    "matching.apps.MatchingConfig",
    "solutions.apps.SolutionsConfig",
    "notifications.apps.NotificationsConfig",
    "accounts.apps.AccountsConfig",
    "taxonomy.apps.TaxonomyConfig",
    "core.apps.CoreConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "rules.apps.AutodiscoverRulesConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "simple_history",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.compressing.CompressPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "core.addresses.ProblemsUnderApi",
    "core.addresses.RefuseNul",
    "core.throttling.RateLimitHeaders",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]
ROOT_URLCONF = "ssc_platform.urls"
WSGI_APPLICATION = "ssc_platform.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ssc_platform.context.site",
                "notifications.queries.unread",
            ]
        },
    }
]

# Database: SQLite in WAL mode unless DATABASE_URL names another one.
if env.text("DATABASE_URL"):
    DATABASES = {"default": dj_database_url.parse(env.text("DATABASE_URL"), conn_max_age=60, conn_health_checks=True)}
else:
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(VAR_DIR / "ssc.sqlite3"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Worker: tasks run inline, after commit, unless CELERY_BROKER_URL names a broker.
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", default="memory://localhost/")
CELERY_TASK_ALWAYS_EAGER = CELERY_BROKER_URL.startswith("memory:")
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 3600
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2 * CELERY_TASK_TIME_LIMIT,
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 2, "interval_start": 0.2, "interval_step": 0.5}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

# Cache: what limits the rate of log-ins and calls must be shared by all web processes.
if env.text("CACHE_URL"):
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": env.text("CACHE_URL"),
            "OPTIONS": {"socket_timeout": 5, "socket_connect_timeout": 2},
        }
    }

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_REDIRECT_URL = "desk"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True  # one address a person; a new one counts once it is confirmed
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_ADAPTER = "accounts.adapter.InvitedOnlyAdapter"
ACCOUNT_FORMS = {"reset_password_from_key": "accounts.forms.PasswordByMailForm"}
ACCOUNT_LOGOUT_ON_GET = False
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)  # tries are counted by the visitor's address, not by the proxy's
MFA_ADAPTER = "accounts.adapter.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # telephones' clocks are off by some seconds
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_REQUIRED_FOR_ADMIN = env.flag("MFA_REQUIRED_FOR_ADMIN", default=not DEBUG)

# Single sign-on with one OpenID Connect provider, once OIDC_SERVER_URL names it; for people known here only.
OIDC_SERVER_URL = env.text("OIDC_SERVER_URL").rstrip("/")
OIDC_NAME = env.text("OIDC_NAME", default="OpenID Connect")
OIDC_CLIENT_ID = env.text("OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = env.text("OIDC_CLIENT_SECRET")
if OIDC_SERVER_URL and not (OIDC_CLIENT_ID and OIDC_CLIENT_SECRET):
    raise ImproperlyConfigured("OIDC_CLIENT_ID, OIDC_CLIENT_SECRET: OIDC_SERVER_URL is set, so both are needed.")
if not DEBUG and OIDC_SERVER_URL and not OIDC_SERVER_URL.startswith("https://"):
    raise ImproperlyConfigured(f"OIDC_SERVER_URL={OIDC_SERVER_URL!r}: the provider needs an https:// address.")
SOCIALACCOUNT_ADAPTER = "accounts.adapter.KnownPeopleAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True  # the provider's verified address finds the person
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": OIDC_NAME,
                "client_id": OIDC_CLIENT_ID,
                "secret": OIDC_CLIENT_SECRET,
                "settings": {"server_url": OIDC_SERVER_URL},
            }
        ]
        if OIDC_SERVER_URL
        else [],
    }
}

# Languages
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("fr", _("French")),
    ("es", _("Spanish")),
    ("ar", _("Arabic")),
    ("pt", _("Portuguese")),
    ("ru", _("Russian")),
    ("zh-hans", _("Chinese")),
]
LOCALE_PATHS = [BASE_DIR / "ssc_platform" / "locale"]
FORMAT_MODULE_PATH = "ssc_platform.formats"
TIME_ZONE = "UTC"
USE_TZ = True

# Static files and uploads
STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", default=str(VAR_DIR / "static")))
MEDIA_ROOT = VAR_DIR / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
if not DEBUG:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

# Mail: written to VAR_DIR/mail as files unless EMAIL_HOST names a server.
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_PORT = env.number("EMAIL_PORT", default=587, minimum=1)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", default="noreply@localhost")

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.adapter.bearer.BearerToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.parsing.ObjectParser"],
    "DEFAULT_FILTER_BACKENDS": [
        "core.filtering.StrictFilterBackend",
        "core.ordering.StrictOrdering",
    ],
    "DEFAULT_SCHEMA_CLASS": "core.schema.ProblemSchema",
    "EXCEPTION_HANDLER": "core.problems.problem_response",
    "DEFAULT_PAGINATION_CLASS": "core.pagination.PublicPagination",
    "DEFAULT_THROTTLE_CLASSES": ["core.throttling.ScopeThrottle"],
    "NUM_PROXIES": int(BEHIND_PROXY),  # else a visitor could name another address with each call
    "DEFAULT_THROTTLE_RATES": {
        "anon": "120/min",
        "user": "600/min",
        "write": "120/min",
        "engine": "60/min",
        "export": "20/min",
        "import": "10/min",
    },
}
KNOX_TOKEN_MODEL = "accounts.AccessToken"  # noqa: S105  # names a model, no secret
MIGRATION_MODULES = {"knox": None}  # its own token table would stay, although our model takes its place
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer"}
SPECTACULAR_SETTINGS = {
    "TITLE": "South-South Match API",
    "DESCRIPTION": "Solutions, demands and offers of South-South cooperation, and the reference data they use.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False,
    "OAS_VERSION": "3.1.0",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "EntryState": "solutions.enums.EntryState",
        "MatchState": "matching.enums.MatchState",
        "EntryKind": "solutions.enums.Kind",
        "MatchActor": "matching.enums.Actor",
        "MatchSideAnswer": "matching.enums.Answer",
        "MatchSide": "matching.api.records.SIDE_CHOICES",
        "MessageKind": "matching.enums.MessageKind",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "taxonomy.api.codes.with_codes",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# Security: strict by default; HTTPS only once DEBUG is off.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # The form that starts single sign-on is answered by a redirection to the provider.
        "form-action": [SELF, *(["/".join(OIDC_SERVER_URL.split("/")[:3])] if OIDC_SERVER_URL else [])],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
if not DEBUG:
    SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
    SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", default=31536000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", default="WARNING")},
}

# Matching
MATCHES_PER_DEMAND = env.number("MATCHES_PER_DEMAND", default=20, minimum=1)
# Clocks of matches, all in working days (Saturdays and Sundays are free). A limit of 0 is none.
MATCH_LIMIT_DAYS = {
    "proposed": env.number("MATCH_PROPOSED_DAYS", default=20),
    "shortlisted": env.number("MATCH_SHORTLISTED_DAYS", default=10),
    "introduced": env.number("MATCH_INTRODUCED_DAYS", default=15),
    "interested": env.number("MATCH_INTERESTED_DAYS", default=20),
}
MATCH_REMINDER_DAYS = env.number("MATCH_REMINDER_DAYS", default=3, minimum=1)
MATCH_ESCALATION_DAYS = env.number("MATCH_ESCALATION_DAYS", default=5, minimum=1)
MATCH_EXPIRY_DAYS = env.number("MATCH_EXPIRY_DAYS", default=20, minimum=1)
LEXICON = env.file("LEXICON")
IMPORT_MAX_BYTES = env.number("IMPORT_MAX_BYTES", default=50 * 1024 * 1024, minimum=1)
ARCHIVE_DIR = VAR_DIR / "archive"
DATA_LICENCE = env.text("DATA_LICENCE", default="CC-BY-4.0")
API_IMPORT_MAX_BYTES = env.number("API_IMPORT_MAX_BYTES", default=5 * 1024 * 1024, minimum=1)

# Webhooks: only for an installation inside a closed network, whose receivers have private addresses.
WEBHOOKS_TO_PRIVATE_ADDRESSES = env.flag("WEBHOOKS_TO_PRIVATE_ADDRESSES", default=False)

# Freshness of entries: months without confirmation until each rung of the ladder.
FRESHNESS_MONTHS = {
    "reminded": env.number("FRESHNESS_REMIND_MONTHS", default=6, minimum=1),
    "marked": env.number("FRESHNESS_MARK_MONTHS", default=9, minimum=1),
    "hidden": env.number("FRESHNESS_HIDE_MONTHS", default=12, minimum=1),
    "archived": env.number("FRESHNESS_ARCHIVE_MONTHS", default=18, minimum=1),
}
if list(FRESHNESS_MONTHS.values()) != sorted(set(FRESHNESS_MONTHS.values())):
    raise ImproperlyConfigured(f"FRESHNESS_*_MONTHS={list(FRESHNESS_MONTHS.values())}: each must be above the last.")
