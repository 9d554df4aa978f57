"""What the desk does not show: jobs carry ids and are the operator's business (`/healthz/`, logs)."""

from django.contrib import admin
from procrastinate.contrib.django import admin as jobs_admin
from procrastinate.contrib.django.models import ProcrastinateJob

THEIRS = jobs_admin  # imported so that it has registered its screen
admin.site.unregister(ProcrastinateJob)
