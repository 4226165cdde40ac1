"""Orders on their way from a channel, while Odoo does something else. No Odoo in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from odoo.addons.channel_base.lib.errors import AuthRequired
from odoo.addons.channel_base.lib.parallel import Gathering
from odoo.addons.channel_base.lib.text import storable

from .source import OrderSource

# An order is several calls.
FETCH_THREADS = 4

#: Row id, external id, versions that are known to exist
Wanted = tuple[int, str, Mapping[str, str]]


class Download:
    """Bundles that are being fetched; touches no record.

    :param source: called from several threads
    :param beside: begin at once, beside the caller; otherwise in :meth:`wait`
    """

    def __init__(
        self, source: OrderSource, wanted: Sequence[Wanted], *, beside: bool = False
    ):
        self._row_ids = [row_id for row_id, _external_id, _versions in wanted]
        threads = min(FETCH_THREADS, len(wanted) + beside) - 1

        def fetch(item: Wanted) -> Any:
            _row_id, external_id, versions = item
            return storable(source.fetch(external_id, versions))

        self._calls = Gathering(wanted, fetch, FETCH_THREADS, threads)

    def is_here(self) -> bool:
        """Whether there is nothing left to wait for."""
        return self._calls.is_done()

    def wait(self) -> list[tuple[int, Any]]:
        """Help until all is here.

        :return: (row id, bundle or exception) of each
        :raises AuthRequired: nothing can be fetched at all
        """
        answers = self._calls.wait()
        for answer in answers:
            if isinstance(answer, AuthRequired):
                # What was read is read again: no row is blamed for it.
                raise answer
        return list(zip(self._row_ids, answers, strict=True))

    def cancel(self) -> None:
        """Fetch nothing more; wait for nothing."""
        self._calls.cancel()


@dataclass
class Claimed:
    """Rows that are leased for a batch.

    :param rows: ``sale.channel.order``, unread
    :param wanted: those of them that are to be fetched
    :param leases: row id → what the row says as long as the lease is this one
    :param asked_at: naive UTC moment when their download began
    """

    rows: Any
    wanted: list[Wanted] = field(default_factory=list)
    leases: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    asked_at: datetime | None = None
    download: Download | None = None

    def __bool__(self) -> bool:
        return bool(self.rows)

    def get_held(self) -> Any:
        """Those of the rows that nobody settled, put off or took since."""
        return self.rows.filtered(lambda row: row._get_lease() == self.leases[row.id])

    def begin(self, source: OrderSource, now: datetime) -> None:
        """Have what is wanted fetched, beside the caller."""
        self.asked_at = now
        self.download = Download(source, self.wanted, beside=True)

    def cancel(self) -> None:
        if self.download:
            self.download.cancel()
