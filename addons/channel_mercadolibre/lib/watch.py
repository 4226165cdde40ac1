"""What is found out of an account while it is written to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from odoo.addons.channel_base.lib.errors import ChannelError, Suspended

from .account import Seller, read_seller
from .items_client import ItemsClient

# What the account may do is asked no more often.
ASK_SECONDS = 60

T = TypeVar("T")


class AccountWatch:
    """Notices that an account is suspended, or may do something else than Odoo knew.
    Usable from several threads.

    :param note_seller: told what the account may do when it is not that any more; opens
        a transaction of its own
    """

    def __init__(self, client: ItemsClient, note_seller: Callable[[Seller], None]):
        self.client = client
        self.note_seller = note_seller
        self.suspended: Suspended | None = None
        self._seller: Seller | None = None
        self._asked_at = 0.0
        self._asking = threading.Lock()
        self._changed = False

    def attempt(self, write: Callable[[], T]) -> T:
        """Do what a suspended account may not: one that is was asked once.

        :raises Suspended: it is
        """
        if self.suspended:
            raise self.suspended
        try:
            return write()
        except Suspended as error:
            self.suspended, self._changed = error, True
            raise

    def ask(self) -> Seller:
        """The account as it is now, or was a minute ago."""
        with self._asking:
            if self._seller is None or time.monotonic() > self._asked_at + ASK_SECONDS:
                self._seller = read_seller(self.client.me().body)
                self._asked_at = time.monotonic()
            return self._seller

    def mark_changed(self) -> None:
        """The account that was asked for is not as Odoo knew it."""
        self._changed = True

    def note(self) -> None:
        """Tell what was found out of the account; whoever cannot ask leaves it to the
        next one who notices. Not called from several threads."""
        if not self._changed:
            return
        try:
            seller = self.ask()
        except ChannelError:
            return
        self._changed = False
        self.note_seller(seller)
