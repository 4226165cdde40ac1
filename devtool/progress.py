"""Progress on the terminal, or as plain lines when nobody watches."""

import contextlib
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from typing import TextIO

REDRAW_SECONDS = 0.5
HEARTBEAT_SECONDS = 15.0
QUIET_SECONDS = 0.8


class Step:
    """One long piece of work; ``note`` says how far it is."""

    def __init__(self, title: str):
        self.title = title
        self.detail = ""
        self.started = time.monotonic()

    def note(self, detail: str) -> None:
        self.detail = detail

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def text(self) -> str:
        detail = f" ({self.detail})" if self.detail else ""
        return f"{self.title}{detail} … {self.seconds:.0f} s"


class Progress:
    """Prints lines and, below them, the running step with its elapsed seconds."""

    def __init__(self, stream: TextIO | None = None):
        self.stream = stream or sys.stdout
        self.tty = self.stream.isatty()
        self._lock = threading.RLock()
        self._step: Step | None = None

    def line(self, text: str = "") -> None:
        with self._lock:
            self._clear()
            self.stream.write(text + "\n")
            self._draw()
            self.stream.flush()

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Show a step while it runs, and one line with its duration when done."""
        step = Step(title)
        outer = self._step
        if outer is not None:  # only one status line: the outer step keeps it
            outer.note(title)
            yield step
            outer.note("")
            return
        stop = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(step, stop), daemon=True)
        self._step = step
        watcher.start()
        try:
            yield step
        except BaseException:
            self._finish(stop, watcher)
            self.line(f"{step.title} did not finish ({step.seconds:.0f} s)")
            raise
        self._finish(stop, watcher)
        if step.seconds >= QUIET_SECONDS:
            self.line(f"{step.title}: {step.seconds:.0f} s")

    def _finish(self, stop: threading.Event, watcher: threading.Thread) -> None:
        stop.set()
        watcher.join()
        with self._lock:
            self._clear()
            self._step = None

    def _watch(self, step: Step, stop: threading.Event) -> None:
        interval = REDRAW_SECONDS if self.tty else HEARTBEAT_SECONDS
        if not self.tty and not stop.wait(QUIET_SECONDS):
            self.line(f"{step.title} …")
        while not stop.wait(interval):
            if self.tty:
                with self._lock:
                    self._clear()
                    self._draw()
                    self.stream.flush()
            else:
                self.line(step.text())

    def _clear(self) -> None:
        if self.tty and self._step:
            self.stream.write("\r\x1b[K")

    def _draw(self) -> None:
        if self.tty and self._step:
            width = shutil.get_terminal_size().columns - 1
            self.stream.write(self._step.text()[:width])
