"""Settings common to development, tests and production."""

from __future__ import annotations

from cms.languages import DEFAULT_LANGUAGE, INTERFACE_LANGUAGES
from cms.settings.env import BASE_DIR, VAR_DIR, env

SECRET_KEY = env("SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS: list[str] = env("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS: list[str] = env("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "home",
    "browse",
    "intake",
    "contributions",
    "translations",
    "insight",
    "network",
    "publications",
    "glossary",
    "search",
    "cms",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks",
    "django_tasks_db",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cms.middleware.ContentSecurityPolicyMiddleware",
    "insight.middleware.OpenedMiddleware",
    "home.unseen.UnseenMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"

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
                "home.context_processors.site",
            ],
        },
    },
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database -------------------------------------------------------------------------------

SQLITE_OPTIONS = {
    # Many readers beside one writer, and writers that wait instead of failing.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        "PRAGMA secure_delete=FAST;"  # keys that are thrown away are overwritten
        "PRAGMA busy_timeout=20000; PRAGMA cache_size=-64000"
    ),
}


def _database() -> dict[str, object]:
    """The default database: ``DATABASE_URL``, or SQLite in the data folder."""
    config: dict[str, object] = env.db_url_config(
        env("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'library.sqlite3'}"
    )
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = SQLITE_OPTIONS
    else:
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
    return config


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Users ----------------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "wagtailadmin_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"
WAGTAIL_FRONTEND_LOGIN_URL = "login"

# --- Languages ------------------------------------------------------------------------------

USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = DEFAULT_LANGUAGE
LANGUAGES = [(language.code, language.name) for language in INTERFACE_LANGUAGES]
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
# Our own texts, and what Wagtail and other libraries lack (cms.admin_messages).
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "admin"]
FORMAT_MODULE_PATH = ["cms.formats"]

# A translation begins as a draft, whatever its original is: nobody has translated it yet.
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False

MACHINE_TRANSLATOR: str = env("MACHINE_TRANSLATOR")
LIBRETRANSLATE_URL: str = env("LIBRETRANSLATE_URL")
WAGTAILLOCALIZE_MACHINE_TRANSLATOR = (
    {
        "CLASS": "wagtail_localize.machine_translators.libretranslate.LibreTranslator",
        "OPTIONS": {
            "LIBRETRANSLATE_URL": LIBRETRANSLATE_URL.rstrip("/"),
            "API_KEY": env("LIBRETRANSLATE_KEY"),
            "TIMEOUT": env("LIBRETRANSLATE_SECONDS"),
        },
    }
    if MACHINE_TRANSLATOR == "libretranslate"
    else None
)

# --- Files ----------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]

# No web server address maps to this folder: what is stored there is served only by views
# that check the reader (publications.views).
MEDIA_ROOT = VAR_DIR / "files"
MEDIA_URL = "/media/"
X_ACCEL_PREFIX: str = env("X_ACCEL_PREFIX")

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

WAGTAILDOCS_DOCUMENT_MODEL = "publications.LibraryDocument"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "publications.document_forms.LibraryDocumentForm"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "pptx", "odt", "html", "htm", "txt", "md"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024

READING_MAX_BYTES: int = env("READING_MAX_MEGABYTES") * 1024 * 1024
READING_MAX_PAGES: int = env("READING_MAX_PAGES")
READING_MAX_MEMORY: int = env("READING_MAX_MEMORY_MEGABYTES") * 1024 * 1024
READING_MAX_SECONDS: int = env("READING_MAX_SECONDS")
READING_MAX_UNPACKED: int = env("READING_MAX_UNPACKED_MEGABYTES") * 1024 * 1024

# --- Wagtail --------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "RESLOG Library"
WAGTAILADMIN_BASE_URL: str = env("SITE_URL")
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_WORKFLOW_ENABLED = True

# --- Background work ------------------------------------------------------------------------

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- Search ---------------------------------------------------------------------------------

SEARCH_ENGINE: str = env("SEARCH_ENGINE")
SEARCH_FOLDER = VAR_DIR / "search"

ELASTICSEARCH_URL: list[str] = env("ELASTICSEARCH_URL")
ELASTICSEARCH_CA: str = env("ELASTICSEARCH_CA")
ELASTICSEARCH_USER: str = env("ELASTICSEARCH_USER")
ELASTICSEARCH_PASSWORD: str = env("ELASTICSEARCH_PASSWORD")
ELASTICSEARCH_API_KEY: str = env("ELASTICSEARCH_API_KEY")
ELASTICSEARCH_INDEX_PREFIX: str = env("ELASTICSEARCH_INDEX_PREFIX")

# What turns texts into vectors; the others of its settings are for an embeddings server.
SEARCH_ENCODER: str = env("SEARCH_ENCODER")
SEARCH_ENCODER_FOLDER = VAR_DIR / "encoder"
SEARCH_ENCODER_THREADS: int = env("SEARCH_ENCODER_THREADS")
SEARCH_ENCODER_URL: str = env("SEARCH_ENCODER_URL")
SEARCH_ENCODER_MODEL: str = env("SEARCH_ENCODER_MODEL")
SEARCH_ENCODER_DIMENSIONS: int = env("SEARCH_ENCODER_DIMENSIONS")
SEARCH_ENCODER_KEY: str = env("SEARCH_ENCODER_KEY")
SEARCH_ENCODER_QUERY_PREFIX: str = env("SEARCH_ENCODER_QUERY_PREFIX")
SEARCH_ENCODER_PASSAGE_PREFIX: str = env("SEARCH_ENCODER_PASSAGE_PREFIX")
SEARCH_ENCODER_INPUT_TYPES: list[str] = env("SEARCH_ENCODER_INPUT_TYPES")
SEARCH_ENCODER_BATCH: int = env("SEARCH_ENCODER_BATCH")
SEARCH_ENCODER_SECONDS: int = env("SEARCH_ENCODER_SECONDS")
SEARCH_QUERY_BUDGET_MS: int = env("SEARCH_QUERY_BUDGET_MS")

# --- Insight --------------------------------------------------------------------------------

INSIGHT: bool = env("INSIGHT")
LINK_CHECKS: bool = env("LINK_CHECKS")
LINK_CHECKS_PRIVATE = False  # tests alone look at servers of this machine

# --- Mail and security ----------------------------------------------------------------------

vars().update(env.email_url("EMAIL_URL"))
DEFAULT_FROM_EMAIL: str = env("DEFAULT_FROM_EMAIL")

# How many proxies of ours stand before the site, each adding to X-Forwarded-For.
TRUSTED_PROXIES: int = env("TRUSTED_PROXIES")

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_COOKIE_HTTPONLY = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django_tasks": {"level": "WARNING"},
        # It would write a line for every request.
        "elastic_transport": {"level": "WARNING"},
    },
}
