"""Django's settings, from the environment. `presszero doctor` checks what they point at."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from presszero.host.home import home
from presszero.host.postgres import database_url

BASE_DIR = Path(__file__).resolve().parent.parent
HOME = home()


def _secret_key() -> str:
    """From the environment, else from a file of our own that only we can read."""
    given = os.environ.get("PRESSZERO_SECRET_KEY")
    if given:
        return given
    path = HOME / "secret-key"
    HOME.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text().strip()


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    host = unquote(query.pop("host", "") or parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "presszero",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(query.pop("port", "") or parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **query,
            # Prepared from their second use on: planning our statements took longer than running them.
            "server_side_binding": True,
            "prepare_threshold": 2,
            "connect_timeout": 5,
            "application_name": os.environ.get("PRESSZERO_PROCESS", "presszero"),
        },
    }


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("PRESSZERO_OLD_SECRET_KEYS", "").split() if key]
DEBUG = os.environ.get("PRESSZERO_DEBUG") == "1"
DEMO = os.environ.get("PRESSZERO_DEMO") == "1"  # the demo shop, and the Pretend page beside its desk

# Every link we write is built from this, never from what a request says about itself.
ORIGIN = os.environ.get("PRESSZERO_ORIGIN", f"http://127.0.0.1:{os.environ.get('PRESSZERO_PORT', '8000')}").rstrip("/")
_ORIGIN = urlsplit(ORIGIN)
SECURE = _ORIGIN.scheme == "https"
ALLOWED_HOSTS = [_ORIGIN.hostname or "localhost", "127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS += os.environ.get("PRESSZERO_HOSTS", "").split()
CSRF_TRUSTED_ORIGINS = [ORIGIN]

INSTALLED_APPS = [
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "anymail",
    "procrastinate.contrib.django",
    "presszero.ui",
    "presszero.merchants",
    "presszero.team",
    "presszero.timeline",
    "presszero.mailroom",
    "presszero.audit",
    "presszero.channels",
    "presszero.visitors",
    "presszero.customers",
    "presszero.commerce",
    "presszero.fulfilment",
    "presszero.conversations",
    "presszero.promises",
    "presszero.routing",
    "presszero.calls",
    "presszero.remedies",
    "presszero.outreach",
    "presszero.offers",
    "presszero.insights",
    "presszero.workforce",
    "presszero.rules",
    "presszero.privacy",
    "presszero.alerts",
    "presszero.intake",
    "presszero.transfer",
    "presszero.frontdoor",
    "presszero.desk",
    "presszero.api",
    "presszero.launch",
    "presszero.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "presszero.ui.headers.SafeHeaders",
    "presszero.ui.heads.HeadsAsPages",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "presszero.ui.typed.WithoutCards",
    "django.middleware.csrf.CsrfViewMiddleware",
    "presszero.team.gate.SignedIn",
    "presszero.ui.refusals.Refusals",
    "presszero.calls.hosted.programs.ConnectsToProviders",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

_APPS = [name.rsplit(".", 1)[1] for name in INSTALLED_APPS if name.startswith("presszero.")]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "presszero" / app / "templates" for app in _APPS],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "presszero.ui.jinja.environment"},
    },
]

DATABASES = {"default": _database(os.environ.get("PRESSZERO_DATABASE_URL") or database_url())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Private networks that our own requests may reach, for programs of the merchant's beside us: "127.0.0.0/8 10.1.0.0/16".
HTTP_MAY_REACH = os.environ.get("PRESSZERO_HTTP_MAY_REACH", "").split()

# Letters to the team: invitations, lost passwords. Without these, links are shown to be handed over.
EMAIL_HOST = os.environ.get("PRESSZERO_EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("PRESSZERO_EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("PRESSZERO_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("PRESSZERO_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("PRESSZERO_EMAIL_SECURITY") == "starttls"
EMAIL_USE_SSL = os.environ.get("PRESSZERO_EMAIL_SECURITY") == "tls"
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = os.environ.get("PRESSZERO_EMAIL_FROM", "webmaster@localhost")

# Our registration with those who want mailboxes signed in to. Microsoft's national clouds have a login of their own.
_LOGIN = os.environ.get("PRESSZERO_MICROSOFT_LOGIN", "")  # https://login.microsoftonline.us/common/oauth2/v2.0
MAIL_SIGN_IN = {
    "google": {
        "client_id": os.environ.get("PRESSZERO_GOOGLE_CLIENT_ID", ""),
        "client_secret": os.environ.get("PRESSZERO_GOOGLE_CLIENT_SECRET", ""),
    },
    "microsoft": {
        "client_id": os.environ.get("PRESSZERO_MICROSOFT_CLIENT_ID", ""),
        "client_secret": os.environ.get("PRESSZERO_MICROSOFT_CLIENT_SECRET", ""),
        "authorize": f"{_LOGIN}/authorize" if _LOGIN else "",
        "token": f"{_LOGIN}/token" if _LOGIN else "",
    },
}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "presszero" / "ui" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = HOME / "files"
STORAGES = {
    "default": {"BACKEND": os.environ.get("PRESSZERO_STORAGE", "django.core.files.storage.FileSystemStorage")},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# A customer's request body is bounded before it is parsed.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS = 0o600

CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_HEADER_NAME = "HTTP_X_CSRFTOKEN"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
X_FRAME_OPTIONS = "DENY"

# Channels the product speaks: kind → module of its adapter.
CHANNELS = {
    "email": "presszero.channels.adapters.email.adapter",
    "custom": "presszero.channels.adapters.custom.adapter",
    "chat": "presszero.channels.adapters.chat.adapter",
    "form": "presszero.channels.adapters.form.adapter",
    "sms": "presszero.channels.adapters.sms.adapter",
    "phone": "presszero.channels.adapters.phone.adapter",
}

STORES: dict[str, str] = {
    "shopify": "presszero.commerce.stores.shopify.adapter",
    "vendure": "presszero.commerce.stores.vendure.adapter",
    "woocommerce": "presszero.commerce.stores.woocommerce.adapter",
}

# How our own order page is paid: kind → module of its adapter.
PAYMENTS: dict[str, str] = {
    "stripe": "presszero.commerce.payments.stripe.adapter",
    "transfer": "presszero.commerce.payments.transfer.adapter",
}
# Who tells us where parcels are: kind → module of its adapter.
CARRIERS: dict[str, str] = {
    "easypost": "presszero.fulfilment.carriers.easypost.adapter",
    "aftership": "presszero.fulfilment.carriers.aftership.adapter",
    "generic": "presszero.fulfilment.carriers.generic.adapter",
}
# Where every page may connect to beside us. Providers of calls are let in by themselves, where a shop has a line there.
CONNECT = os.environ.get("PRESSZERO_CONNECT", "").split()
# Servers that help a browser and the phone gateway to meet, and the secret that makes passwords for them (core.turn)
TURN = os.environ.get("PRESSZERO_TURN", "")
TURN_SECRET = os.environ.get("PRESSZERO_TURN_SECRET", "")
STRIPE_API = os.environ.get("PRESSZERO_STRIPE_API", "https://api.stripe.com")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "presszero.core.logs.WithoutCards",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    # Strangers ask for other hosts all day; the answer is 400 and no news.
    "loggers": {"django.security.DisallowedHost": {"level": "CRITICAL"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("PRESSZERO_LOG", "WARNING")},
}
