"""The measuring rod: Django with one view that says "ok", and nothing else. No address of the product."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="bare", MIDDLEWARE=[])
urlpatterns = [path("", lambda request: HttpResponse("ok"))]
application = get_wsgi_application()
