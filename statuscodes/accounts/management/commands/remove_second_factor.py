"""Remove the second factor of a user who has lost both the phone and the recovery codes."""

from typing import Any

import django_otp
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from statuscodes.accounts.second_factor import switch_off


class Command(BaseCommand):
    help = "Remove a user's second factor and recovery codes. The password alone is then enough to log in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError("There is no user of this name.")
        if not django_otp.user_has_device(user, confirmed=None):
            raise CommandError("This user has no second factor.")
        switch_off(user)
        self.stdout.write("The second factor is off.")
