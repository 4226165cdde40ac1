"""TCP ports on the loopback interface: free ones, and those where a server is."""

import socket
import urllib.request
from collections.abc import Iterable

LOOPBACK = "127.0.0.1"


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def first_free(candidates: Iterable[int]) -> int:
    """The first free port of a range, or any free one."""
    for port in candidates:
        if is_free(port):
            return port
    return any_free()


def any_free() -> int:
    """A port chosen by the kernel."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool | None:
    """True if a server answers there; None if it does not yet."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:  # a refusal in HTTP is one as well
        return None
