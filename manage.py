#!/usr/bin/env python
"""Django's commands, on the settings of this project."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
    try:
        from django.conf import settings
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db.utils import OperationalError
    except ImportError:
        sys.exit('Django is not installed here: run "make demo", or use .venv/bin/python.')
    from healthnews.embedded import EmbeddedError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if isinstance(error.__cause__, EmbeddedError):
            sys.exit(str(error))
        raise
    except ImproperlyConfigured as error:
        if settings.configured:  # it is not the settings that are wrong
            raise
        sys.exit(str(error))


if __name__ == "__main__":
    main()
