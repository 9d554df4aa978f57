"""Bulk made-up data for benchmarks: `manage.py generate`. Same seed on an empty site, same rows."""
