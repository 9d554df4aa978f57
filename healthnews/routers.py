"""Which connection a query takes."""


class LimitsRouter:
    """Rate limits are counted on a connection of their own, so that a rolled back request still counts.

    The table itself is made by the default connection: both name the same database.
    """

    def db_for_read(self, model, **hints):
        """`limits` for the cache table, no opinion otherwise."""
        return "limits" if model._meta.app_label == "django_cache" else None

    db_for_write = db_for_read

    def allow_migrate(self, db, app_label, **hints):
        """Only the default connection migrates."""
        return db == "default"
