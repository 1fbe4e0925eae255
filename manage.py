#!/usr/bin/env python
"""Django's command-line utility."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statuscodes.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # One line is enough to act on; a traceback would bury it.
        sys.exit(str(error))


if __name__ == "__main__":
    main()
