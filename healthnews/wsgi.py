"""What a WSGI server is told to run: healthnews.wsgi:application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthnews.settings")
application = get_wsgi_application()
