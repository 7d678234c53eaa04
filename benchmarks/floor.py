"""Settings of the floor that pages are measured against: what `startproject` gives, behind the same sign-in."""

from benchmarks.settings import *  # noqa: F403

# The rows that are read lie below these.
_LEFT_OUT = ("allauth", "oversight", "rights", "notifications", "operations")
INSTALLED_APPS = [app for app in INSTALLED_APPS if not app.startswith(_LEFT_OUT)]  # noqa: F405
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
ROOT_URLCONF = "benchmarks.floor_pages"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        (
                            "django.template.loaders.locmem.Loader",
                            {
                                "floor.html": "<!doctype html><title>Floor</title><p>{{ user }}</p><table>"
                                "{% for row in rows %}<tr><td>{{ row.key }}</td><td>{{ row.starts }}</td></tr>"
                                "{% endfor %}</table><form method=post>{% csrf_token %}<button>Save</button></form>"
                            },
                        )
                    ],
                )
            ],
        },
    }
]
