"""Ending what happens on sockets, whatever the other side does."""

from __future__ import annotations

import heapq
import itertools
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar, Token
from typing import Any

_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


class Over(Exception):
    """The time is over."""


class Unwatched(Exception):
    """The process may not start another thread."""


class Deadline:
    """Lets what happens inside take so long; for one thread.

    :param seconds: how long
    :param redact: takes secrets out of what is logged inside
    :raises Over: it was not over
    :raises Unwatched: nothing can end it
    """

    def __init__(self, seconds: float, redact: Callable[[str], str]) -> None:
        self.redact = redact
        self.is_over = False
        self._seconds = seconds
        self._end = 0.0
        # Another descriptor of the same connection works whatever TLS made of the
        # first one, from another thread, and when the connection counts as closed but
        # is still read.
        self._sockets: dict[Any, socket.socket] = {}
        self._lock = threading.Lock()
        self._token: Token[Deadline | None] | None = None

    def __enter__(self) -> Deadline:
        self._end = time.monotonic() + self._seconds
        _watchdog.watch(self._end, self)
        self._token = _current.set(self)
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _where: Any) -> None:
        if self._token:
            _current.reset(self._token)
        with self._lock:
            is_over = self.is_over
            # Nobody has to shut anything any more.
            self.is_over = True
            while self._sockets:
                self._sockets.popitem()[1].close()
        # A connection that was shut may look like one that has come to its end.
        if is_over and (error is None or isinstance(error, Exception)):
            raise Over from error

    def left(self) -> float:
        """Seconds until the end.

        :raises Over: there are none
        """
        seconds = self._end - time.monotonic()
        if self.is_over or seconds <= 0:
            self.expire()
            raise Over
        return seconds

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end.

        :raises Over: there is no time left
        """
        time.sleep(min(seconds, self.left()))
        self.left()

    def watch(self, connection: Any, sock: Any, is_new: bool = True) -> None:
        """Shut a connection's socket at the end.

        :param is_new: whether the connection has just got this socket
        """
        with self._lock:
            if connection in self._sockets and not is_new:
                return
            if former := self._sockets.pop(connection, None):
                former.close()
            twin = socket.socket(fileno=os.dup(sock.fileno()))
            self._sockets[connection] = twin
            if self.is_over:
                _shut(twin)

    def expire(self) -> None:
        """Shut what is open, unless nobody uses it any more."""
        with self._lock:
            if not self.is_over:
                self.is_over = True
                for sock in self._sockets.values():
                    _shut(sock)


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def current() -> Deadline | None:
    """The deadline that this thread is under."""
    return _current.get()


def watched(connection_class: type) -> type:
    """A class of urllib3's connections that end with the deadline of their user."""

    class Watched(connection_class):  # type: ignore[misc]
        def _new_conn(self) -> Any:
            deadline = current()
            if not deadline:
                return super()._new_conn()
            # Nothing shuts a socket that is not connected yet.
            left = deadline.left()
            if not isinstance(self.timeout, int | float) or self.timeout > left:
                self.timeout = left
            sock = super()._new_conn()
            deadline.watch(self, sock)
            return sock

        def request(self, *args: Any, **options: Any) -> Any:
            deadline = current()
            if deadline and self.sock is not None:
                deadline.left()
                deadline.watch(self, self.sock, is_new=False)
            return super().request(*args, **options)

    return Watched


class _Watchdog:
    """One thread that ends all that is due; it lives while there is something."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._due: list[tuple[float, int, Deadline]] = []
        self._numbers = itertools.count()
        self._is_running = False

    def watch(self, moment: float, deadline: Deadline) -> None:
        """Expire a deadline at a moment of the monotonic clock.

        :raises Unwatched: there is no thread, and none can be started now
        """
        with self._condition:
            if not self._is_running:
                self._start()
            heapq.heappush(self._due, (moment, next(self._numbers), deadline))
            if self._due[0][2] is deadline:
                self._condition.notify()

    def _start(self) -> None:
        # It waits for the condition, which the caller holds.
        thread = threading.Thread(
            target=self._run, name="transport deadlines", daemon=True
        )
        try:
            thread.start()
        except (RuntimeError, MemoryError) as error:
            raise Unwatched(str(error)) from None
        self._is_running = True

    def _run(self) -> None:
        while deadline := self._next():
            deadline.expire()

    def _next(self) -> Deadline | None:
        with self._condition:
            while self._due:
                left = self._due[0][0] - time.monotonic()
                if left <= 0:
                    return heapq.heappop(self._due)[2]
                if self._due[0][2].is_over:
                    heapq.heappop(self._due)
                else:
                    self._condition.wait(left)
            self._is_running = False
            return None


_watchdog = _Watchdog()
# The thread does not live in a child process, and somebody may have held the lock.
os.register_at_fork(after_in_child=_watchdog.__init__)  # type: ignore[misc]
