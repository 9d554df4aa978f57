"""How log lines look: time, level, logger, message and the traceback's places; never a request's body."""

import logging


class LineFormatter(logging.Formatter):
    """One line an event, then the traceback if there is one."""

    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z")
