"""Keeps what happened to a fake across restarts, in one JSON file.

The generated data are not written: they come out the same from the seed and the
starting time. The file holds those, the tokens and the changes made by control calls.
"""

from __future__ import annotations

import json
import os
import threading
from datetime import datetime
from pathlib import Path
from typing import Any


class Journal:
    """Changes of data made by control calls, in order."""

    def __init__(self) -> None:
        self._entries: list[tuple[str, str, str, dict[str, Any]]] = []

    def note(
        self, moment: datetime, kind: str, number: str, values: dict[str, Any]
    ) -> None:
        """Remember one change."""
        self._entries.append((moment.isoformat(), kind, number, values))

    def entries(self) -> list[tuple[str, str, str, dict[str, Any]]]:
        """The changes as ``(moment, kind, id, values)``."""
        return list(self._entries)

    def load(self, rows: list[list[Any]]) -> None:
        """Take over the changes of a file."""
        self._entries = [(row[0], row[1], row[2], row[3]) for row in rows]


class StateFile:
    """The file; without a path nothing is kept."""

    def __init__(self, path: str | None) -> None:
        self._path = Path(path) if path else None
        self._lock = threading.Lock()

    @property
    def active(self) -> bool:
        """Whether a path was given."""
        return self._path is not None

    def read(self) -> dict[str, Any] | None:
        """The state kept, or None when there is none that can be read."""
        if self._path is None or not self._path.exists():
            return None
        try:
            state = json.loads(self._path.read_text("utf-8"))
        except ValueError:
            return None
        return state if isinstance(state, dict) else None

    def write(self, state: dict[str, Any]) -> None:
        """Replace the file at once, so that a reader never sees half of it."""
        if self._path is None:
            return
        with self._lock:
            draft = self._path.with_suffix(".tmp")
            draft.write_text(json.dumps(state), "utf-8")
            os.replace(draft, self._path)
