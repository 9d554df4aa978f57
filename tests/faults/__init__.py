"""What is left when processes are killed in the middle of their work; see `__main__.py`."""
