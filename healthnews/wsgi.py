"""What a WSGI server is told to run: healthnews.wsgi:application."""

import logging
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
try:
    application = get_wsgi_application()
except ImproperlyConfigured as error:
    if settings.configured:  # it is not the settings that are wrong
        raise
    sys.stderr.write(f"{error}\n")
    sys.exit(3)  # by which gunicorn knows that another worker would fare no better

from healthnews import patience
from healthnews.front import Front
from healthnews.health import not_collected

application = Front(application)

patience.allow(settings.HN_STATEMENT_SECONDS)

for line in not_collected():
    logging.getLogger("healthnews").error(line)
