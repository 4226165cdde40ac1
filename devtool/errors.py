"""Errors that end a command with one clear line instead of a traceback."""


class DevError(Exception):
    """Something the user can act on; the message says what and how."""


class Interrupted(KeyboardInterrupt):
    """SIGTERM or SIGHUP: handled exactly like Ctrl-C."""

    def __init__(self, signum: int):
        super().__init__(f"signal {signum}")
        self.signum = signum
