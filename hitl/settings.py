"""Settings, read from the environment; docs/settings.md lists every variable."""

from pathlib import Path

from csp.constants import NONCE, NONE, SELF

from hitl import environment

BASE_DIR = Path(__file__).resolve().parent.parent
HITL_DATA = environment.folder("HITL_DATA", BASE_DIR / ".hitl")

DEBUG = environment.flag("HITL_DEBUG", False)
HITL_LOOPBACK = environment.flag("HITL_LOOPBACK", False)  # plain HTTP on 127.0.0.1: cookies without Secure
HITL_DEMO_DOOR = environment.flag("HITL_DEMO_DOOR", False)  # the demo without passwords: hitl/demo/doors.py
SECRET_KEY = environment.secret("HITL_SECRET_KEY", HITL_DATA / "keys" / "secret-key").hex()
DRAW_MASTER = environment.secret("HITL_DRAW_MASTER", HITL_DATA / "keys" / "draw-master")
CALLBACK_KEY = environment.secret("HITL_CALLBACK_KEY", HITL_DATA / "keys" / "callback-key")
CALLBACK_HOSTS = environment.hosts("HITL_CALLBACK_HOSTS")
CALLBACKS_AT_ONCE = environment.number("HITL_CALLBACKS_AT_ONCE", 2, 1, 64)
WEB_THREADS = environment.number("HITL_WEB_THREADS", 8, 1, 512)
LEDGER_ORIGIN = environment.origin("LEDGER_ORIGIN")
LEDGER_KEYS = environment.folder("LEDGER_KEYS", HITL_DATA / "keys")
LEDGER_SIGNER = environment.text("LEDGER_SIGNER", "")
LEDGER_WITNESS = environment.file("LEDGER_WITNESS", HITL_DATA / "witness.ndjson")
LEDGER_ANCHOR_HOURS = environment.number("LEDGER_ANCHOR_HOURS", 24, 1, 744)
LEDGER_TSA_URL = environment.address("LEDGER_TSA_URL")
LEDGER_TSA_CA = environment.file("LEDGER_TSA_CA", None, needed_for=LEDGER_TSA_URL)
LEDGER_S3_BUCKET = environment.text("LEDGER_S3_BUCKET", "")
LEDGER_S3_ENDPOINT = environment.address("LEDGER_S3_ENDPOINT")
LEDGER_S3_DAYS = environment.number("LEDGER_S3_DAYS", 3650, 1, 36500)
LEDGER_MAIL_TO = environment.words("LEDGER_MAIL_TO", [])
ALLOWED_HOSTS = environment.words("HITL_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = environment.words("HITL_ORIGINS", [])
HITL_ADDRESS = environment.reached(CSRF_TRUSTED_ORIGINS, ALLOWED_HOSTS, loopback=HITL_LOOPBACK)
BUILD = "0.1.0"

INSTALLED_APPS = [
    "hitl.apps.OwnersAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "template_partials",
    "audit",
    "accounts",
    "assets",
    "guidelines",
    "reviews",
    "hitl",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "hitl.nul.NulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "hitl.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "axes.middleware.AxesMiddleware",
    "hitl.zones.ZoneMiddleware",
    "hitl.errors.RefusalMiddleware",
]

ROOT_URLCONF = "hitl.urls"
WSGI_APPLICATION = "hitl.wsgi.application"

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
                "csp.context_processors.nonce",
            ],
        },
    }
]

DATABASES = {"default": environment.database("DATABASE_URL", HITL_DATA / "hitl.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
AXES_FAILURE_LIMIT = environment.number("HITL_SIGN_IN_TRIES", 5, 1, 100)
AXES_COOLOFF_TIME = environment.number("HITL_SIGN_IN_REST_HOURS", 1, 1, 720)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"  # the form's; by default it is the model's, and wrong tries are then nobody's
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]  # each in its own words, for those who look for it
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = not HITL_LOOPBACK
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = HITL_DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": HITL_DATA / "assets", "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    if DEBUG
    else {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not HITL_LOOPBACK
SECURE_SSL_REDIRECT = not HITL_LOOPBACK
SECURE_HSTS_SECONDS = 0 if HITL_LOOPBACK else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not HITL_LOOPBACK
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if environment.flag("HITL_BEHIND_PROXY", False) else None

EXPORTS = HITL_DATA / "exports"  # what pages made, each file 0600
EXPORT_DAYS = environment.number("HITL_EXPORT_DAYS", 30, 1, 3650)
DATA_UPLOAD_MAX_MEMORY_SIZE = environment.number("HITL_BODY_BYTES", 16 * 2**20, 2**16, 2**30)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 50_000  # decision rights: 200 rules of 10 fields, with 50 conditions of 4 fields each
DATA_UPLOAD_MAX_NUMBER_FILES = 205  # images brought at once on a page, and the rows beside them
SOUND_MINUTES = environment.number("HITL_SOUND_MINUTES", 120, 1, 240)
ASSET_BYTES = environment.number("HITL_ASSET_BYTES", 64 * 2**20, 2**16, 2**34)

EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS, EMAIL_USE_SSL = environment.mail(
    "HITL_MAIL_URL", needed_for=LEDGER_MAIL_TO
)
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = environment.text("HITL_MAIL_FROM", EMAIL_HOST_USER)

CELERY_BROKER_URL = environment.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 5, "max_retries": 0}
CELERY_TASK_PUBLISH_RETRY = False  # a lost broker loses no fact: the clock finds what is due
CELERY_TIMEZONE = "UTC"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": environment.text("HITL_LOG_LEVEL", "WARNING")},
}
