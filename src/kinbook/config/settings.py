"""Django's settings, in one file; the environment is read by `config.environment`. A practice's settings are rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from kinbook.config import environment
from kinbook.config.logs import LOGGING  # noqa: F401 - read by Django
from kinbook.postgres.urls import django_settings

PACKAGE = Path(__file__).resolve().parent.parent
PROJECT = PACKAGE.parent.parent
DEMO = environment.is_demo()
TESTING = environment.flag("KINBOOK_TESTING")

SECRET_KEY = environment.secret_key()
DEBUG = False
DEMO_HOSTS = ["localhost", "127.0.0.1", *(["testserver"] if TESTING else [])]
ALLOWED_HOSTS = DEMO_HOSTS if DEMO else ["*"]
DATA = environment.home()
PORT = environment.port()

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",  # its table is kept, empty: sign-ins are rows of accounts
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "django_htmx",
    "procrastinate.contrib.django",
    "kinbook.tenancy",
    "kinbook.tallies",
    "kinbook.mail",
    "kinbook.audit",
    "kinbook.access",
    "kinbook.web",
    "kinbook.team",
    "kinbook.accounts",
    "kinbook.practice",
    "kinbook.papers",
    "kinbook.people",
    "kinbook.invitations",
    "kinbook.ledger",
    "kinbook.whopays",
    "kinbook.scheduling",
    "kinbook.messaging",
    "kinbook.invoices",
    "kinbook.payments",
    "kinbook.reports",
    "kinbook.cards",
    "kinbook.documents",
    "kinbook.overview",
    "kinbook.exchange",
    "kinbook.portal",
    "kinbook.api",
    "kinbook.seed",
]

MIDDLEWARE = [
    "kinbook.config.middleware.RequestFrame",
    "django.middleware.security.SecurityMiddleware",
    "kinbook.config.static.static_files",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kinbook.config.middleware.ViewerMiddleware",
]

ROOT_URLCONF = "kinbook.config.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["kinbook.web.templatetags.ui"],
        },
    }
]


def _database(url: str) -> dict[str, Any]:
    # no server-side cursors and no kept prepared statements: the connection may go through PgBouncer
    found: dict[str, Any] = {**django_settings(url), "DISABLE_SERVER_SIDE_CURSORS": True, "CONN_MAX_AGE": 0}
    found["OPTIONS"] = {**found["OPTIONS"], "application_name": "kinbook"}
    return found


# The application's role is the default; the owner is known to migrations and tests only.
DATABASES: dict[str, dict[str, Any]] = {"default": _database(environment.app_url() or "postgresql:///kinbook")}
if not TESTING:
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 16, "timeout": 10}
if environment.owner_url():
    DATABASES["owner"] = _database(environment.owner_url())
    DATABASES["default"]["TEST"] = {"MIRROR": "owner"}

AUTH_USER_MODEL = "team.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["kinbook.config.passwords.Argon2Hasher"]
if TESTING or DEMO:
    # hashing is slow on purpose; a demo's password is printed on its own sign-in page
    PASSWORD_HASHERS = ["kinbook.team.demo_hasher.QuickHasher", *PASSWORD_HASHERS]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "kinbook.config.passwords.HardToGuess"}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "kinbook.config.sign_in.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": None, **({"login": None, "reset_password": None} if TESTING else {})}
ACCOUNT_FORMS = {"login": "kinbook.team.forms.SignInForm"}

SESSION_ENGINE = "kinbook.config.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "kinbook"
SESSION_COOKIE_SECURE = environment.flag("KINBOOK_HTTPS")
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_FAILURE_VIEW = "kinbook.config.errors.csrf_failure"
if environment.flag("KINBOOK_HTTPS"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
CSRF_TRUSTED_ORIGINS = environment.text("KINBOOK_ORIGINS").split()
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
LARGEST_REQUEST = 40 * 1024 * 1024

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "tenancy_cache",
    }
}

LETTER_PDF = "kinbook.invoices.render.letter_pdf"
PAY_LINK = "kinbook.cards.commands.links.pay_link"
_mail = urlsplit(environment.text("KINBOOK_SMTP_URL"))
EMAIL_HOST = _mail.hostname or ""
EMAIL_PORT = _mail.port or 587
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
EMAIL_USE_SSL = _mail.scheme == "smtps"
MAIL_FROM = environment.text("KINBOOK_MAIL_FROM", "no-reply@localhost")
PUBLIC_URL = environment.text("KINBOOK_URL", f"http://localhost:{PORT}").rstrip("/")

# The card processor, and the script that takes card numbers to it and not to us; the demo has one of its own.
STRIPE_API = environment.text("KINBOOK_STRIPE_API", "https://api.stripe.com")
STRIPE_SCRIPT = environment.text("KINBOOK_STRIPE_SCRIPT", "https://js.stripe.com/v3/")

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_IMPORT_PATHS = ["kinbook.jobs.stalled"]
PROCRASTINATE_ON_APP_READY = None

STATIC_URL = "/static/"
STATIC_ROOT = environment.text("KINBOOK_STATIC", str(PROJECT / "build" / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
STATICFILES_DIRS = [PROJECT / "build" / "npm"]
FONTS = PROJECT / "build" / "fonts"
WHITENOISE_MAX_AGE = 600
WHITENOISE_AUTOREFRESH = TESTING  # each test client is a server of its own: none looks through all files at its start

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English"), ("es", "Español")]
FORMAT_MODULE_PATH = None
LOGGING_CONFIG = "logging.config.dictConfig"
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # the user's name is unique
    "security.W004",
    "security.W008",
]
