"""The MercadoLibre fake as a whole."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ..clock import Clock, parse_moment
from ..control import ControlledSandbox
from ..http import Request, Response
from ..persistence import Journal, StateFile
from .accounts import default_apps
from .api import Api
from .control import Control
from .core import Core
from .errors import error, fault_body
from .notifications import Notifier
from .notify_control import NotificationControl
from .oauth import Authority
from .scenarios import SCENARIOS, Generator
from .selling import Selling, open_shops
from .store import Store
from .web import Web


class MercadoLibreSandbox(ControlledSandbox):
    """MercadoLibre on loopback, with invented sellers and their orders.

    :param seed: same seed, scenario, size and ``now`` give the same data
    :param scenario: ``demo`` (three sellers of MLA and MLB, everything that can
        happen), ``sites`` (one seller each of MLM, MLC, MCO and MLU, everything) or
        ``bench`` (one seller, clean orders)
    :param orders: how many orders (default: the scenario's own number); without any,
        and in ``bench``, nothing is listed either
    :param days: how many days before ``now`` the orders are spread over
    :param now: starting time (default: the real time floored to the minute)
    :param frozen: keep the clock still unless it is moved
    :param state_file: file that keeps tokens and changes across restarts
    """

    name = "mercadolibre"

    def __init__(
        self,
        *,
        seed: int = 7,
        scenario: str = "demo",
        orders: int | None = None,
        days: int | None = None,
        now: datetime | None = None,
        frozen: bool = False,
        host: str = "127.0.0.1",
        port: int = 0,
        state_file: str | None = None,
    ) -> None:
        plan = SCENARIOS[scenario]
        count = plan.orders if orders is None else orders
        spread = plan.days if days is None else days
        self._identity = {
            "seed": seed,
            "scenario": scenario,
            "orders": count,
            "days": spread,
        }
        self._file = StateFile(state_file)
        kept = self._file.read()
        if kept and kept.get("identity") != self._identity:
            kept = None
        start = parse_moment(kept["start"]) if kept else now
        super().__init__(
            seed=seed, clock=Clock(start, frozen=frozen), host=host, port=port
        )
        generator = Generator(plan, seed, self.clock.start)
        store = Store(list(plan.sellers), partial_users=not plan.clean)
        for purchase in generator.purchases(count, spread):
            store.add(purchase)
        self.core = self._make_core(store)
        self.journal = Journal()
        self.selling = Selling(self.core, self.router, self.journal)
        self._control = Control(
            self.core, self.router, generator, self.journal, self.selling.purchases
        )
        if count and not plan.clean:
            open_shops(self.selling.shop)
        NotificationControl(self.core, self.router)
        Web(self.core, self.router)
        Api(self.core, self.router)
        if kept:
            self._resume(kept, now)

    def _make_core(self, store: Store) -> Core:
        authority = Authority(
            self.seed, self.clock, default_apps(), self.lock, self.statistics.event
        )
        return Core(
            store,
            authority,
            self.clock,
            self.lock,
            lambda: self.url,
            self.state_changed,
            Notifier(self.clock, self.seed),
        )

    def _resume(self, kept: dict[str, Any], now: datetime | None) -> None:
        self.clock.move_to(parse_moment(kept["clock"]))
        if now is None and not self.clock.frozen:
            now = datetime.now(timezone.utc)
        if now is not None:
            self.clock.move_to(now)
        self.core.authority.load(kept["tokens"])
        self.core.settings.update(kept["settings"])
        self.core.authority.expires_in = self.core.settings.expires_in
        self.journal.load(kept["changes"])
        self._control.replay({self.selling.kind: self.selling.replay})

    def stop(self) -> None:
        """Stop serving and notifying."""
        self.core.notifier.stop()
        super().stop()

    def state_changed(self) -> None:
        """Write the state file, if there is one."""
        if not self._file.active:
            return
        with self.lock:
            self._file.write(
                {
                    "identity": self._identity,
                    "start": self.clock.start.isoformat(),
                    "clock": self.clock.now().isoformat(),
                    "tokens": self.core.authority.dump(),
                    "settings": vars(self.core.settings),
                    "changes": self.journal.entries(),
                }
            )

    def error_body(self, status: int, variant: str) -> bytes:
        """Bodies of made-up errors, in the API's own style."""
        return fault_body(status, variant)

    def not_found(self, request: Request) -> Response:
        """Answer for a path the fake does not serve."""
        return error(404, "not_found", f"resource not found: {request.path}")
