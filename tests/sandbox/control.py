"""Base of every fake: statistics, faults, clock and their control API."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import asdict
from typing import Any

from .clock import Clock
from .faults import Faults, Rule, parse_rule
from .http import JSON_TYPE, HttpError, HttpSandbox, Request, Response, json_response
from .jsontools import encode

CONTROL = "/_sandbox/"


class Statistics:
    """Call counters of a fake. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Set every counter back to zero."""
        with self._lock:
            self._routes: Counter[str] = Counter()
            self._statuses: Counter[str] = Counter()
            self._events: Counter[str] = Counter()
            self._busy = 0
            self._peak = 0

    def begin(self) -> None:
        """Note that a call is being served."""
        with self._lock:
            self._busy += 1
            self._peak = max(self._peak, self._busy)

    def end(self, route: str, status: int) -> None:
        """Count one call; status 0 is a connection closed without an answer."""
        with self._lock:
            self._busy = max(0, self._busy - 1)
            self._routes[route] += 1
            self._statuses[str(status)] += 1

    def event(self, name: str) -> None:
        """Count a named event, such as a token renewal."""
        with self._lock:
            self._events[name] += 1

    def describe(self) -> dict[str, Any]:
        """``{total, routes, statuses, events, peak_concurrency}``."""
        with self._lock:
            return {
                "total": sum(self._routes.values()),
                "routes": dict(sorted(self._routes.items())),
                "statuses": dict(sorted(self._statuses.items())),
                "events": dict(sorted(self._events.items())),
                "peak_concurrency": self._peak,
            }


class ControlledSandbox(HttpSandbox):
    """A fake with faults, statistics and a clock under ``/_sandbox/``."""

    #: Content type of an error made up by a fault rule.
    error_type = JSON_TYPE

    def __init__(
        self, *, seed: int, clock: Clock, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        super().__init__(host=host, port=port)
        self.seed = seed
        self.clock = clock
        self.statistics = Statistics()
        self.faults = Faults(seed, self.error_body, self.error_type, self.rewrite_other)
        add = self.router.add
        add("GET", "/_sandbox/stats", self._get_stats)
        add("POST", "/_sandbox/stats/reset", self._reset_stats)
        add("GET", "/_sandbox/faults", self._get_faults)
        add("POST", "/_sandbox/faults", self._add_fault)
        add("DELETE", "/_sandbox/faults", self._clear_faults)
        add("DELETE", "/_sandbox/faults/{id}", self._clear_faults)
        add("GET", "/_sandbox/clock", self._get_clock)
        add("POST", "/_sandbox/clock", self._advance_clock)

    def error_body(self, status: int, variant: str) -> bytes:
        """Body of an error made up by a fault rule; services may override it."""
        return encode({"error": variant, "status": status})

    def rewrite_other(self, _rule: Rule, body: bytes) -> bytes:
        """Spoil a body that is not JSON; services may override it."""
        return body

    def not_found(self, request: Request) -> Response:
        """Answer for a path nobody serves; services may override it."""
        return json_response({"error": "not_found", "path": request.path}, 404)

    def state_changed(self) -> None:
        """Called after the clock moved; services may override it to persist."""

    def handle(self, request: Request) -> Response:
        """Answer one request; control calls are neither counted nor spoiled."""
        route = self.router.match(request)
        if request.path.startswith(CONTROL):
            if route is None:
                return json_response({"error": "unknown control call"}, 404)
            return self.run(route, request)
        self.statistics.begin()
        status = 500
        try:
            rules = self.faults.pick(request)

            def answer() -> Response:
                if route is None:
                    return self.not_found(request)
                return self.run(route, request)

            response = self.faults.serve(rules, answer) if rules else answer()
            status = response.status
            return response
        finally:
            name = route.name if route else f"{request.method} (unknown)"
            self.statistics.end(name, status)

    def _get_stats(self, _request: Request) -> Response:
        return json_response(self.statistics.describe())

    def _reset_stats(self, _request: Request) -> Response:
        self.statistics.reset()
        return json_response(self.statistics.describe())

    def _get_faults(self, _request: Request) -> Response:
        return json_response({"faults": self.faults.describe()})

    def _add_fault(self, request: Request) -> Response:
        try:
            rule = parse_rule(request.json())
        except ValueError as error:
            return json_response({"error": str(error)}, 400)
        return json_response(asdict(self.faults.add(rule)), 201)

    def _clear_faults(self, request: Request) -> Response:
        text = request.params.get("id")
        removed = self.faults.clear(int(text) if text else None)
        return json_response({"removed": removed})

    def _get_clock(self, _request: Request) -> Response:
        return json_response({"now": self.clock.now().isoformat()})

    def _advance_clock(self, request: Request) -> Response:
        try:
            seconds = float(request.json().get("advance_seconds", 0))
            with self.lock:
                self.clock.advance(seconds)
        except (TypeError, ValueError) as error:
            raise HttpError(json_response({"error": str(error)}, 400)) from error
        self.state_changed()
        return self._get_clock(request)
