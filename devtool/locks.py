"""File locks: released by the kernel however the holder ends."""

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

from .paths import RUNTIME
from .progress import Progress


class FileLock:
    """An advisory lock on a file, shared or exclusive."""

    def __init__(self, path: Path):
        self.path = path
        self._handle: int | None = None

    def acquire(
        self,
        *,
        shared: bool = False,
        blocking: bool = True,
        on_wait: Callable[[], None] | None = None,
    ) -> bool:
        """Take the lock; ``on_wait`` is called once if another process holds it."""
        mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        handle = self._open()
        try:
            fcntl.flock(handle, mode | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if not blocking:
                return False
        if on_wait:
            on_wait()
        fcntl.flock(handle, mode)
        return True

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _open(self) -> int:
        if self._handle is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            self._handle = os.open(self.path, flags, 0o666)
        return self._handle

    def __enter__(self) -> "FileLock":
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


@contextlib.contextmanager
def setup_lock(progress: Progress, name: str = "setup") -> Iterator[None]:
    """Held while something is installed or built; a second one waits for the first.

    What takes long and needs nothing of the rest has a lock of its own name.
    """
    lock = FileLock(RUNTIME / f"{name}.lock")
    waiting = "Waiting for another ./dev to finish its setup …"
    lock.acquire(on_wait=lambda: progress.line(waiting))
    try:
        yield
    finally:
        lock.release()
