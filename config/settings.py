"""
All settings, in reading order.

Every value has a default that serves on a laptop; what differs elsewhere is set in the environment. The
default is also the safe one: DEBUG is off, and a secret key is made on first use and kept in `var/`.
"""

import os
import secrets
import tempfile
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from config.version import VERSION, code_digest

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# Where this installation keeps what is its own: the database, the secret key.
VAR_DIR = Path(env.str("VAR_DIR", default="") or BASE_DIR / "var").resolve()


def kept_secret_key() -> str:
    """The key in `var/secret_key`, made on first use. Several processes may ask at once: one key wins."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=VAR_DIR)  # created with mode 600
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)  # refuses to replace: nobody sees half a key, or two
        except FileExistsError:
            pass
        finally:
            os.unlink(draft)
    return path.read_text(encoding="ascii")


# --- Who may reach it, and how ---------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or kept_secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

# The address in the `url` of every object, such as https://strikes.example. Empty: the host that was asked.
PUBLIC_URL = env.str("PUBLIC_URL", default="").rstrip("/")

# True when the public reaches this over https only. A proxy in front says so with X-Forwarded-Proto, which
# gunicorn believes from 127.0.0.1 and from FORWARDED_ALLOW_IPS.
HTTPS = env.bool("HTTPS", default=False)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # probes come from inside, over http
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

# Whether other names under the same domain are served over https only is not ours to promise: HSTS covers
# this host alone, and is not put on the browsers' preload list (decisions.md D24).
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# A page loads what we serve and nothing else: no inline scripts or styles, no other host. Only Redoc cannot
# do with that, and says so in urls.py.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- What it is made of ----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "record",
    "api",
    "editing",
    "sources",
    "strikes",
    "pages",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "config.apps.RecordAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Static files are collected by `make run` and the tests (`manage.py collect_if_changed`), under names that have a hash
# of their content, so that browsers keep them for good. With DEBUG they are served from the apps that ship them.
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default="") or VAR_DIR / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["png", "gz", "br", "map"]  # nobody but a debugger asks for source maps

# --- Where it keeps things -------------------------------------------------------------------------------


def database() -> dict[str, object]:
    """The database of DATABASE_URL, or an SQLite file in `var/`, with what either engine needs."""
    url = env.str("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'strikes.sqlite3'}"
    config: dict[str, object] = env.db_url_config(url)
    # Opening a connection costs more than a short query, on both engines: each thread keeps its own.
    config["CONN_MAX_AGE"] = 60
    config["CONN_HEALTH_CHECKS"] = True
    if config["ENGINE"] == "django.db.backends.sqlite3":
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        config["OPTIONS"] = {
            # A transaction takes the write lock when it begins: one that first reads and then writes would
            # otherwise fail with "database is locked" instead of waiting its turn.
            "transaction_mode": "IMMEDIATE",
            "timeout": 60,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
        # A file, because tests use threads and processes; an SQLite in memory has one connection.
        config["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
    return config


DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- What is remembered ----------------------------------------------------------------------------------

# What makes the answers, read when the process starts: entity tags and caches are keyed by it, so that nobody has
# to remember to raise a number when an answer changes (decisions.md D64).
CODE_DIGEST = code_digest(BASE_DIR, ["config", "record", "api", "sources", "strikes", "requirements.txt"])

# Counts of lists, and whole answers, both keyed by the revision they read, so that none is ever stale. In each
# process, and bounded; with REDIS_URL in one place for all of them, bounded by Redis's own `maxmemory`.
REDIS_URL = env.str("REDIS_URL", default="")


def cache_of(name: str, entries: int) -> dict[str, object]:
    if REDIS_URL:
        return {
            "BACKEND": "config.caches.SharedCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": f"{name}-{CODE_DIGEST}",  # it outlives a deployment, and what older code put in
            "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
        }
    backend = "django.core.cache.backends.locmem.LocMemCache"
    return {"BACKEND": backend, "LOCATION": name, "OPTIONS": {"MAX_ENTRIES": entries}}


CACHES = {"default": cache_of("counts", 10_000), "answers": cache_of("answers", 1_000)}

# --- Words and times -------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# --- Editors ---------------------------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- The API ---------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "api.pagination.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "api.openapi.operations.RecordSchema",
    "EXCEPTION_HANDLER": "api.errors.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}

API_EXAMPLES = BASE_DIR / "docs" / "examples.json"

SPECTACULAR_SETTINGS = {
    "TITLE": "Reported strikes on infrastructure",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": (BASE_DIR / "docs" / "api.md").read_text(encoding="utf-8"),
    "LICENSE": {"name": "Data: CC BY 4.0. Code: MIT", "url": "https://creativecommons.org/licenses/by/4.0/"},
    "EXTERNAL_DOCS": {"url": "/", "description": "What this is, and how much is in it"},
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SORT_OPERATIONS": False,  # as in urls.py
    "SORT_OPERATION_PARAMETERS": False,  # as in the filter sets
    "POSTPROCESSING_HOOKS": ["api.openapi.document.complete"],
    "SERVE_INCLUDE_SCHEMA": False,
    # Swagger UI and Redoc are served from here and ask nobody else for anything.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": None,
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "docExpansion": "none",
        "defaultModelsExpandDepth": 0,
        "supportedSubmitMethods": ["get"],
        "validatorUrl": None,
    },
    "REDOC_DIST": "SIDECAR",
}

# --- What it says of itself ------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    # Django's own handlers send errors by mail, or nowhere: this one lets them rise to the root.
    "loggers": {"django": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}
