"""All settings, read from the environment. There is no second settings file.

Every knob is an environment variable; `NAME_FILE` may name a file that holds the value instead
(Docker secrets). A missing secret stops the program with the variable's name.
"""

from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()

#: Signs sessions and links. Required.
SECRET_KEY = env.str("SECRET_KEY")
#: Fernet keys, comma separated, that encrypt platform credentials at rest; the first encrypts, all decrypt. Required.
CREDENTIAL_KEYS = env.list("CREDENTIAL_KEYS")
#: Development conveniences: error pages, static files served from the source tree.
DEBUG = env.bool("DEBUG", default=False)
#: Host names this server answers to.
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
#: Origins that may post forms when a proxy terminates TLS, e.g. https://console.example.com
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
#: Address of this console as its users type it; makes cookies secure when it is https.
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000")
#: Address of the platform sandbox; empty in production.
SANDBOX_URL = env.str("SANDBOX_URL", default="")
#: Allow connections to private and loopback addresses (the sandbox, tests). Never in production.
ALLOW_PRIVATE_HOSTS = env.bool("ALLOW_PRIVATE_HOSTS", default=False)
#: Proxies by platform (x, facebook; web is everything else), e.g. x=http://proxy:3128,web=http://proxy:3128
PROXIES = env.dict("PROXIES", default={})
#: Hosts that may be called at all, e.g. api.twitter.com,graph.facebook.com,*.example.com; empty for every public one.
CALLED_HOSTS = env.list("CALLED_HOSTS", default=[])
#: The one address this process may speak to: the sandbox of a rehearsal. The rehearsal sets it, never a person.
CONFINED_TO = env.str("CONFINED_TO", default="")
#: DEBUG, INFO, WARNING or ERROR.
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
#: Number of reverse proxies in front, for the client's address in throttling and the audit log.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "django_htmx",
    "drf_spectacular",
    "rest_framework",
    "rest_framework.authtoken",
    "opsconsole.apps.OpsconsoleConfig",
    "opsconsole.people.apps.PeopleConfig",
    "opsconsole.audit.apps.AuditConfig",
    "channels.apps.ChannelsConfig",
    "inbox.apps.InboxConfig",
    "campaigns.apps.CampaignsConfig",
    "opsconsole.reports.apps.ReportsConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "opsconsole.middleware.SecurityHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "opsconsole.people.middleware.PreferencesMiddleware",
    "opsconsole.middleware.DomainErrorMiddleware",
    "opsconsole.people.middleware.LockOutMiddleware",
]

ROOT_URLCONF = "opsconsole.urls"
ASGI_APPLICATION = "opsconsole.asgi.application"
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
                "opsconsole.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "opsconsole.templatetags.ui",
                "opsconsole.templatetags.known",
            ],
        },
    }
]

#: PostgreSQL, e.g. postgres://user:password@host:5432/name. Required.
DATABASES = {"default": env.db("DATABASE_URL")}
# Under ASGI each request may run in another thread; a connection kept per thread would pile up. Each
# goes back to a pool after the request, see docs/adr/0015.
DATABASES["default"]["ENGINE"] = "opsconsole.kernel.pooled"
DATABASES["default"]["CONN_MAX_AGE"] = 0
#: Connections to PostgreSQL that one process keeps at rest between requests; 0 keeps none.
DATABASES["default"]["POOL_SIZE"] = env.int("DATABASE_POOL_SIZE", default=8)
#: Let PostgreSQL plan what is asked most only once per connection. Off behind a pooler that hands out
#: connections by the transaction, such as PgBouncer.
DATABASES["default"]["KEEP_PLANS"] = env.bool("DATABASE_KEEP_PLANS", default=True)
DATABASES["default"]["ATOMIC_REQUESTS"] = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

#: Redis, e.g. redis://host:6379/0 or unix:///path/redis.sock. Required. Nothing of value lives only there.
REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env.str("REDIS_PREFIX", default="opsconsole"),
    }
}
#: Prefix of every key and channel in Redis, so that two consoles can share one server.
REDIS_PREFIX = env.str("REDIS_PREFIX", default="opsconsole")

#: Where letters go out, e.g. smtp+tls://user:password@mail.example.com:587. Without it they are printed.
vars().update(env.email("EMAIL_URL", default="consolemail://"))
#: Who letters come from.
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="opsconsole@localhost")

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "people:sign_in"
LOGIN_REDIRECT_URL = "inbox:queue"
LOGOUT_REDIRECT_URL = "people:sign_in"
#: Wrong passwords for one name from one address before it is locked out.
AXES_FAILURE_LIMIT = env.int("SIGN_IN_FAILURE_LIMIT", default=5)
#: Minutes a lock-out lasts.
AXES_COOLOFF_TIME = env.int("SIGN_IN_LOCKOUT_MINUTES", default=15) / 60
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "opsconsole.people.lockout.locked_out"
# A lock-out ends when its page says it does, however often somebody knocks meanwhile.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "opsconsole.kernel.clients.client_address"
AXES_VERBOSE = False
# This check looks for its middleware by name; ours is a subclass of it.
SILENCED_SYSTEM_CHECKS = ["axes.W002"]

SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = False  # the proxy in front does it; health checks come over plain http
SECURE_HSTS_SECONDS = 31_536_000 if PUBLIC_URL.startswith("https://") else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Seoul"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=BASE_DIR / "staticfiles")
MEDIA_URL = "/media/"
#: Folder of uploaded photos.
MEDIA_ROOT = env.path("MEDIA_ROOT", default=BASE_DIR / "media")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["opsconsole.kernel.parsing.ShallowJSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["opsconsole.kernel.throttling.SteadyThrottle"],
    "NUM_PROXIES": TRUSTED_PROXIES,
    "DEFAULT_THROTTLE_RATES": {"user": env.str("API_RATE", default="1200/min")},
    "EXCEPTION_HANDLER": "opsconsole.kernel.api.exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "opsconsole",
    "DESCRIPTION": "One inbox, one calendar and one truth for a company's social media accounts.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "ENUM_NAME_OVERRIDES": {
        "ChannelKind": "channels.api.shapes.KINDS",
        "DeliveryState": "channels.api.shapes.STATES",
        "OutgoingKind": "channels.api.shapes.OUTGOING",
        "ModerationVerb": "channels.api.shapes.MODERATION_VERBS",
        "ModerationState": "channels.api.shapes.MODERATION_STATES",
        "HoleState": "channels.api.coverage_shapes.HOLE_STATES",
        "PastKind": "channels.api.coverage_shapes.PAST_KINDS",
        "PastState": "channels.api.coverage_shapes.PAST_STATES",
        "ConversationState": "inbox.api.shapes.STATES",
        "MessageKind": "inbox.api.shapes.MESSAGE_KINDS",
        "PostState": "campaigns.api.shapes.STATES",
        "ApprovalState": "campaigns.api.approval_shapes.APPROVAL_STATES",
        "ReleaseState": "campaigns.api.approval_shapes.RELEASE_STATES",
        "RehearsalState": "campaigns.api.rehearsals.REHEARSAL_STATES",
        "RehearsalFaults": "campaigns.api.rehearsals.REHEARSAL_FAULTS",
        "CampaignState": "campaigns.api.campaign_shapes.CAMPAIGN_STATES",
        "ImportState": "campaigns.api.import_shapes.STATES",
        "ImportRowState": "campaigns.api.import_shapes.ROW_STATES",
        "PromiseState": "inbox.api.customer_shapes.PROMISE_STATES",
        "PromiseView": "inbox.selectors.follow_ups.VIEWS",
        "EntryKind": "inbox.api.shapes.ENTRY_KINDS",
        "SeriesLanguage": "campaigns.api.series_shapes.LANGUAGES",
    },
}

#: What a monitoring system sends as "Authorization: Bearer …" to read /metrics; without it people alone may.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# --- Work in the background -------------------------------------------------------------------
CELERY_BROKER_URL = (
    f"redis+socket://{REDIS_URL[7:]}" if REDIS_URL.startswith("unix://") else REDIS_URL
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Threads: nearly all of a worker's time is spent waiting for platforms. See docs/adr.
CELERY_WORKER_POOL = "threads"
#: Tasks one worker process runs at the same time; keep it above SEND_CONCURRENCY and EXPRESS_CONCURRENCY together.
CELERY_WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=16)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,  # far above any task: a redelivery never meets its own first run
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    # Whoever rings a doorbell never waits for a Redis that is away: the sweep does it.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
    "global_keyprefix": f"{REDIS_PREFIX}:",
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = env.float("WORKER_DRAIN_SECONDS", default=20)
CELERY_TIMEZONE = "UTC"

#: Seconds a worker owns a delivery before the reaper looks at it; must exceed SEND_TIMEOUT.
DELIVERY_LEASE_SECONDS = env.int("DELIVERY_LEASE_SECONDS", default=90)
#: Deliveries that one worker process sends at the same time.
SEND_CONCURRENCY = env.int("SEND_CONCURRENCY", default=10)
#: Deliveries beside these that are answers to customers: they never wait behind posts.
EXPRESS_CONCURRENCY = env.int("EXPRESS_CONCURRENCY", default=2)
#: Seconds to wait for a platform's answer in all.
SEND_TIMEOUT_SECONDS = env.float("SEND_TIMEOUT_SECONDS", default=30)
#: Seconds after an unclear outcome at which the platform is read back; the last proves absence.
RECONCILE_SCHEDULE = [
    int(s) for s in env.list("RECONCILE_SCHEDULE", default=["5", "15", "45", "120"])
]
#: Seconds between two looks of the reaper for expired leases.
REAPER_SECONDS = env.float("REAPER_SECONDS", default=15)
#: Seconds that a door waits for the database before it tells a platform to come again; X hangs up after 10.
PUSH_PATIENCE_SECONDS = env.float("PUSH_PATIENCE_SECONDS", default=2)
#: Days for which what platforms pushed is kept as it came.
PUSH_KEEP_DAYS = env.int("PUSH_KEEP_DAYS", default=7)
#: Minutes that a rehearsal of a campaign may take.
REHEARSAL_MINUTES = env.int("REHEARSAL_MINUTES", default=60)
#: Seconds by which a worker's clock may differ from the database's, which it follows, before an alarm; 0 ignores it.
CLOCK_TOLERANCE_SECONDS = env.float("CLOCK_TOLERANCE_SECONDS", default=2)
#: What X takes for one of each kind (dollars), by https://docs.x.com/x-api/getting-started/pricing; not every
#: figure could be checked against a bill. E.g. X_PRICES=create=0.015,create_url=0.20 replaces some of them.
X_PRICES = {
    "create": "0.015", "create_url": "0.20", "reply": "0.010", "delete": "0.010",
    "post_read": "0.005", "owned_read": "0.001", "user_read": "0.010", "describe": "0.005",
} | env.dict("X_PRICES", default={})  # fmt: skip
#: Days of history that are read of an account that is being connected, unless somebody chooses others; at most 366.
HISTORY_DAYS = min(max(env.int("HISTORY_DAYS", default=7), 0), 366)
#: Day of the month on which X counts its monthly allowance anew (UTC); no answer of X tells it.
X_CAP_RESET_DAY = env.int("X_CAP_RESET_DAY", default=1)
#: Folder of receipts that the database could not take, until it can; on a disk that outlives the process.
SPOOL_ROOT = env.path("SPOOL_ROOT", default=BASE_DIR / "spool")
#: Days after the last word of a resolved conversation until its words are erased; 0 keeps them for ever.
RETENTION_DAYS = env.int("RETENTION_DAYS", default=0)
#: Seconds in which an answer sent from the composer can still be taken back; 0 sends at once.
UNDO_SECONDS = env.int("UNDO_SECONDS", default=10)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "opsconsole.kernel.redaction.RedactingFilter"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["redact"]}
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # tweepy and urllib3 print request headers, bearer tokens included, at DEBUG.
        "tweepy": {"level": "INFO"},
        "urllib3": {"level": "INFO"},
        "requests_oauthlib": {"level": "INFO"},
        "oauthlib": {"level": "INFO"},
    },
}
