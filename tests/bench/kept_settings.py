"""The product's own settings, with connections that outlast a run: their backends' CPU time is counted."""

from healthnews.settings import *  # noqa: F403
from healthnews.settings import DATABASES

for _database in DATABASES.values():
    _database["CONN_MAX_AGE"] = 3600
