"""Read by gunicorn before it starts any worker: wrong settings end it here, in one line, and not in each of them."""

import runpy
import sys

from django.core.exceptions import ImproperlyConfigured

try:
    # Run, not imported: workers that are started anew after a deploy must read the file themselves.
    runpy.run_module("healthnews.settings")
except ImproperlyConfigured as error:
    sys.exit(str(error))
