"""The ARCA fake as a whole."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timezone
from typing import Any

from ..clock import Clock, parse_moment
from ..control import ControlledSandbox
from ..faults import Rule
from ..http import Handler, Request, Response
from ..persistence import Journal, StateFile
from . import marketplace, population
from .certificates import Authority
from .control import Control
from .drift import add_unknown
from .login import Login
from .registry import Registry
from .settings import Settings
from .tickets import Mint

#: ``profiles``: one person and one company of each profile. ``demo``: and the buyers
#: of the marketplace sandbox of the same seed.
SCENARIOS = ("profiles", "demo")
LOGIN = "/ws/services/LoginCms"
REGISTRY = "/sr-padron/webservices/personaService"
_PAGE = "<html><body><h1>{status}</h1></body></html>"


class ArcaSandbox(ControlledSandbox):
    """ARCA's login and taxpayer registry on loopback, with invented taxpayers.

    :param seed: same seed and scenario give the same taxpayers and authority
    :param scenario: one of :data:`SCENARIOS`
    :param now: starting time (default: the real time floored to the minute)
    :param frozen: keep the clock still unless it is moved
    :param state_file: file that keeps certificates, tickets and changes across restarts
    """

    name = "arca"
    error_type = "text/html;charset=UTF-8"

    def __init__(
        self,
        *,
        seed: int = 7,
        scenario: str = "profiles",
        now: datetime | None = None,
        frozen: bool = False,
        host: str = "127.0.0.1",
        port: int = 0,
        state_file: str | None = None,
    ) -> None:
        if scenario not in SCENARIOS:
            raise ValueError(f"unknown scenario: {scenario}")
        self._identity = {"seed": seed, "scenario": scenario}
        self._file = StateFile(state_file)
        kept = self._file.read()
        if kept and kept.get("identity") != self._identity:
            kept = None
        start = parse_moment(kept["clock"]) if kept and now is None else now
        super().__init__(
            seed=seed, clock=Clock(start, frozen=frozen), host=host, port=port
        )
        if kept and now is None and not frozen:
            self.clock.move_to(datetime.now(timezone.utc))
        self.settings = Settings()
        self.table = population.Table(seed)
        self.authority = Authority(seed)
        mint = Mint(seed)
        self._login = Login(
            self.authority, mint, self.clock, self.settings, self.state_changed
        )
        self._journal = Journal()
        self._control = Control(
            seed, self.table, self.authority, self.clock, self.settings, self._journal
        )
        self._control.register(self.router, self._guarded)
        registry = Registry(seed, self.table, mint, self.clock, self.settings)
        for path, handler in (
            (LOGIN, self._login.answer),
            (f"{REGISTRY}A5", registry.a5),
            (f"{REGISTRY}A13", registry.a13),
        ):
            self.router.add("POST", path, self._served(handler))
        self._populate(scenario, kept)

    def _populate(self, scenario: str, kept: dict[str, Any] | None) -> None:
        for taxpayer in population.starting(self.seed):
            self.table.add(taxpayer)
        if scenario == "demo":
            for taxpayer in marketplace.buyers(self.seed):
                self.table.add(taxpayer)
        if kept:
            self.settings.update(kept["settings"])
            self.authority.load(kept["certificates"])
            self._login.issued.update(kept["issued"])
            self._journal.load(kept["changes"])
            self._control.replay()

    def _served(self, handler: Handler) -> Handler:
        """The handler with the latency and drift that were asked for."""

        def answer(request: Request) -> Response:
            time.sleep(self.settings.latency)
            response = handler(request)
            if self.settings.drift:
                response.body = add_unknown(response.body)
            return response

        return answer

    def _guarded(self, change: Callable[[Request], Any]) -> Callable[[Request], Any]:
        """The control call under the lock; afterwards the state is written."""

        def guarded(request: Request) -> Any:
            with self.lock:
                answer = change(request)
            self.state_changed()
            return answer

        return guarded

    def state_changed(self) -> None:
        """Write the state file, if there is one."""
        if not self._file.active:
            return
        with self.lock:
            self._file.write(
                {
                    "identity": self._identity,
                    "clock": self.clock.now().isoformat(),
                    "settings": asdict(self.settings),
                    "certificates": self.authority.dump(),
                    "issued": dict(self._login.issued),
                    "changes": self._journal.entries(),
                }
            )

    def error_body(self, status: int, _variant: str) -> bytes:
        """Page of an error made up by a fault rule."""
        return _PAGE.format(status=status).encode()

    def rewrite_other(self, rule: Rule, body: bytes) -> bytes:
        """``drift`` adds unknown elements, ``huge`` a comment of that size."""
        if rule.kind == "drift":
            return add_unknown(body)
        if rule.kind == "huge":
            return body + b"<!--" + b"x" * rule.bytes + b"-->"
        return body

    def not_found(self, _request: Request) -> Response:
        """Answer for a path the fake does not serve."""
        return Response(404, self.error_body(404, ""), self.error_type)
