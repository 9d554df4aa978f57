import logging

from django.apps import AppConfig
from django.conf import settings

from comments.screening import model

OWN_MODEL = "screening-model.json"  # in DATA_DIR


class CommentsConfig(AppConfig):
    """What readers write under it, and the desk that reads it first."""

    name = "comments"

    def ready(self):
        """Screen with the site's own model where `train_screening --decisions` has left one."""
        path = settings.DATA_DIR / OWN_MODEL
        if path.exists():
            try:
                model.use(model.read(path))
            except ValueError:
                logging.getLogger("healthnews.screening").exception(
                    "screening goes on with the model of the code"
                )
