"""Django's models and signals, with query sets that were kept."""
import sys

import django
from django.conf import settings

settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}, INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"], USE_TZ=True)
django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db.models.signals import post_save  # noqa: E402

call_command("migrate", verbosity=0)
SEEN = []
post_save.connect(lambda sender, instance, **rest: SEEN.append(instance), sender=User, weak=False)
for nth in range(20):
    user = User.objects.create(username="user-{}".format(nth))
    user.groups.add(Group.objects.get_or_create(name="group-{}".format(nth % 3))[0])
KEPT = User.objects.prefetch_related("groups").all()
list(KEPT)
print("ready", flush=True)
sys.stdin.read()
