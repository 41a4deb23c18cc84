"""Django's own applications (admin, auth, sessions) in an in-memory database, used through their pages and their ORM."""
import os
import signal
import sys

import django
from django.conf import settings

INSTALLED = ["admin", "auth", "contenttypes", "sessions", "messages"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
PROCESSORS = ["template.context_processors.request", "contrib.auth.context_processors.auth"]
PROCESSORS += ["contrib.messages.context_processors.messages"]

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib." + name for name in INSTALLED],
    MIDDLEWARE=MIDDLEWARE,
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="of no importance",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": ["django." + name for name in PROCESSORS]},
        }
    ],
)
django.setup()

from django.contrib import admin  # noqa: E402
from django.contrib.auth.models import Group, Permission, User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import path  # noqa: E402

urlpatterns = [path("admin/", admin.site.urls)]


def main():
    count = int(sys.argv[1])
    call_command("migrate", verbosity=0)
    boss = User.objects.create_superuser("boss", password="boss")
    group = Group.objects.create(name="readers")
    group.permissions.set(Permission.objects.all())
    people = [User.objects.create(username="user%d" % k, email="user%d@example.org" % k) for k in range(count)]
    group.user_set.set(people)
    client = Client()
    client.force_login(boss)
    pages = [client.get(url) for url in ("/admin/", "/admin/auth/user/", "/admin/auth/user/%d/change/" % boss.id)]
    assert [page.status_code for page in pages] == [200] * 3, pages
    loaded = list(User.objects.prefetch_related("groups__permissions").select_related())
    half_way = iter(User.objects.iterator(chunk_size=10))
    next(half_way)
    lazy = User.objects.filter(username__startswith="user1").exclude(groups=None).order_by("-id")
    os.kill(os.getpid(), signal.SIGUSR1)
    return people, pages, loaded, half_way, lazy


main()
