"""No tables of its own: Django announces post_migrate only to apps that have this module."""
