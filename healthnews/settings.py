"""All settings, read from the environment; safe when nothing is set.

Order: paths, environment, security, apps, database, cache, templates, accounts, mail, static and media, jobs,
logging, ours. The variables are listed in README.md.
"""

import os
import secrets
import sys
from pathlib import Path
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from healthnews import environment

# --- Paths ---------------------------------------------------------------------------------------------------

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").absolute()

DATABASE_URL = environment.text("DATABASE_URL")
EMBEDDED = not DATABASE_URL

# --- Security ------------------------------------------------------------------------------------------------

DEBUG = environment.flag("DEBUG")


def _secret_key() -> str:
    """SECRET_KEY from the environment; made once beside an embedded database; refused for a real one."""
    key = os.environ.get("SECRET_KEY", "")
    if key:
        return key
    if not EMBEDDED:
        raise ImproperlyConfigured("Set SECRET_KEY: it has no default when DATABASE_URL is set.")
    path = DATA_DIR / "secret-key"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        # Written aside and linked, so that two processes that start at once end up with one key.
        fresh = DATA_DIR / f"secret-key.{os.getpid()}"
        fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass  # somebody else was first; theirs is the key
        finally:
            fresh.unlink()
    return path.read_text().strip()


try:
    SECRET_KEY = _secret_key()
except OSError as error:
    raise ImproperlyConfigured(f"DATA_DIR cannot be used: {error}") from None
SITE_URL = environment.text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
SITE_NAME = environment.text("SITE_NAME", "Healthnews")
_site = environment.address("SITE_URL", SITE_URL, {"http", "https"}, "https://news.example")
ALLOWED_HOSTS = environment.listed("ALLOWED_HOSTS") or [_site.hostname, "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "healthnews.views.csrf_failure"
TRUSTED_PROXIES = environment.count("TRUSTED_PROXIES")
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
HTTPS = _site.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
# The names Django 6 gave its own setting; healthnews/middleware.py goes when we move there.
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "manifest-src": ["'self'"],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # bytes of a form without its files
SESSION_ENGINE = "healthnews.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600  # with "remember me"; without it the session ends with the browser
SESSION_COOKIE_HTTPONLY = True
SILENCED_SYSTEM_CHECKS: list[str] = []

# --- Apps ----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "accounts",
    "articles",
    "comments",
    "healthnews.admin_site.DeskConfig",  # django.contrib.admin with our login
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sites",
    "django.contrib.redirects",
    "django.contrib.sitemaps",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "js_asset",
    "django_prose_editor",
    "django_htmx",
    "procrastinate.contrib.django",
    # Last: its post_migrate receiver writes roles, and needs the permissions of all the others.
    "healthnews",
]
MIDDLEWARE = [
    "healthnews.middleware.head_without_body",
    "healthnews.middleware.content_security_policy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "healthnews.middleware.refuse_nul",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "healthnews.middleware.for_everybody_first",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "healthnews.middleware.private_by_default",
    "healthnews.middleware.signed_in_cookie",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "healthnews.redirects.OldAddresses",
    "healthnews.middleware.say_not_allowed",
    "healthnews.middleware.database_away",
]
ROOT_URLCONF = "healthnews.urls"
WSGI_APPLICATION = "healthnews.wsgi.application"
SITE_ID = 1
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database ------------------------------------------------------------------------------------------------

if EMBEDDED:
    _database = {
        "ENGINE": "healthnews.embedded_backend",
        "NAME": "healthnews",
        "USER": "postgres",
        "DATA_DIR": str(DATA_DIR / "postgres"),
    }
else:
    _form = "postgresql://user:password@host/database"
    environment.address("DATABASE_URL", DATABASE_URL, {"postgresql", "postgres"}, _form, local=True)
    _database = dj_database_url.parse(DATABASE_URL, engine="healthnews.patient_backend")
    if not _database["NAME"]:
        raise ImproperlyConfigured(f"DATABASE_URL must look like {_form}")
_database |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
# Seconds, but for tcp_user_timeout. The rest is for a host that went without a word: whoever waits for it, the worker
# too, is told within half a minute. A server that is there and frozen is the business of healthnews/patience.py.
_silence = {
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
_database["OPTIONS"] = {"connect_timeout": 5} | _silence | _database.get("OPTIONS", {})
DATABASES = {
    "default": _database,
    # The same database on a connection of its own: what the rate limits count survives a rolled back request.
    "limits": _database | {"TEST": {"MIRROR": "default"}},
}
DATABASE_ROUTERS = ["healthnews.routers.LimitsRouter"]

# --- Cache ---------------------------------------------------------------------------------------------------

CACHE_URL = environment.text("CACHE_URL")
CACHES = {
    # Small values that all processes share: rate limits.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "healthnews_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    # Whole shared pages, kept by a key that changes with their content: in process unless CACHE_URL is set.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "TIMEOUT": 3600,
        "OPTIONS": {"MAX_ENTRIES": 400},
    },
}
if CACHE_URL:
    environment.address(
        "CACHE_URL", CACHE_URL, {"redis", "rediss", "unix"}, "redis://host:6379/0", local=True
    )
    _redis = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
    CACHES = {"default": _redis | {"KEY_PREFIX": "hn"}, "pages": _redis | {"KEY_PREFIX": "hn-pages"}}

# --- Templates -----------------------------------------------------------------------------------------------

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "healthnews.context.site",
            ]
        },
    }
]

# --- Language and time ---------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = environment.text("TIME_ZONE", "UTC")
try:
    ZoneInfo(TIME_ZONE)
except (KeyError, ValueError, OSError):
    raise ImproperlyConfigured("TIME_ZONE must be a name that this system knows: Europe/London.") from None
USE_I18N = False  # all words are ours, in English; asking for each of them costs a millisecond a page
USE_TZ = True

# --- Accounts ------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backend.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:profile"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "accounts.forms.SignupForm",
    "login": "accounts.forms.LoginForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "add_email": "accounts.forms.AddEmailForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None  # the person chooses on the form; off unless ticked
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _site.scheme
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_CHANGE_EMAIL = True
# Whoever finds a logged in browser must not take the account over: the password first, and a mail to the old address.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True

# --- Mail ----------------------------------------------------------------------------------------------------

EMAIL_URL = environment.text("EMAIL_URL")
# A mailbox that people read: mails about decisions say that one can answer them.
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", f"moderation@{_site.hostname}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 20  # seconds
KEPT_MAIL_DIR = DATA_DIR / "mail"  # read at /demo/mail/
KEEP_MAIL = EMBEDDED and not EMAIL_URL
if EMAIL_URL:
    _ports = {"smtp": 25, "smtps": 465, "smtp+tls": 587}
    _mail = environment.address("EMAIL_URL", EMAIL_URL, set(_ports), "smtp+tls://user:password@host:587")
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname, _mail.port or _ports[_mail.scheme]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.scheme == "smtps", _mail.scheme == "smtp+tls"
elif KEEP_MAIL:
    EMAIL_BACKEND = "healthnews.kept_mail.EmailBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

# --- Static files and media ----------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o644

# --- Jobs ----------------------------------------------------------------------------------------------------

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# --- Logging: names, ids and errors; never a body --------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "healthnews.logs.LineFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines", "stream": sys.stderr}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # A page that is not there, or a form that was refused, is no news.
        "django.request": {"level": "ERROR"},
        "healthnews": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}

# --- Ours ----------------------------------------------------------------------------------------------------

HN_COMMENT_LENGTH = 5_000  # characters
HN_POSTS_A_MINUTE = 6
HN_POSTS_AN_HOUR = 30
HN_STATEMENT_SECONDS = 8  # that a web process waits for the database
HN_UNDO_SECONDS = 60  # mail about a decision waits this long
HN_CRISIS_MINUTES = 15  # of duty time, until who is on duty is mailed
