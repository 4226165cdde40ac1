"""What a service remembers while it works on many rows of one channel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Batch:
    """The memory of one pass; a look-up service opens it and asks each table once.

    :param channel: one ``sale.channel``, in the environment of the pass
    """

    channel: Any
    _memos: dict[str, dict[Any, Any]] = field(
        init=False, repr=False, default_factory=dict
    )

    def memo(self, name: str) -> dict[Any, Any]:
        """What one look-up has found by now, empty in the beginning.

        :param name: of the look-up; an addon's own ones begin with the addon's name
        """
        return self._memos.setdefault(name, {})
