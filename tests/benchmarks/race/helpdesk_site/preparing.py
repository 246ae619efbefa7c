"""`python -m tests.benchmarks.race.helpdesk_site.preparing`: tables, a queue that escalates, and a clerk's token."""

import sys

import django
from django.apps import apps
from django.core.management import call_command

ESCALATE_DAYS = 1


def main() -> None:
    """Migrate, and print the token of the one member of staff."""
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    clerk = apps.get_model("auth", "User").objects.create_superuser("clerk", "clerk@example.org", None)
    apps.get_model("helpdesk", "Queue").objects.create(title="District", slug="district", escalate_days=ESCALATE_DAYS)
    token = apps.get_model("authtoken", "Token").objects.create(user=clerk)
    sys.stdout.write(f"{token.key}\n")


if __name__ == "__main__":
    main()
