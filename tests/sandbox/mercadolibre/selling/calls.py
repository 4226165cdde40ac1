"""Calls of the selling API: who calls, what is written, what is made again.

Every writing call is logged for the control API; those that changed something are in
the journal, so that a restarted fake has the same items.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ...clock import parse_moment
from ...http import HttpError, Request, Response, Router, json_response
from ...persistence import Journal
from ..core import Core
from .changes import conflict
from .shop import Shop, fresh

Record = dict[str, Any]
#: Headers that matter to a call.
_HEADERS = ("x-version",)
KIND = "selling"


@dataclass
class Call:
    """One call, of the seller and application of its token."""

    seller_id: int
    client_id: str
    params: dict[str, str]
    query: dict[str, str]
    headers: dict[str, str] = field(default_factory=dict)
    body: Record = field(default_factory=dict)


Handler = Callable[[Call], Response]
Body = Callable[[Request], Record]
#: A change of the control API, from the names in its path and its body.
Action = Callable[[dict[str, str], Record], Any]


def json_body(request: Request) -> Record:
    """The body of an ordinary call."""
    return request.json()


class Calls:
    """Registers the handlers of the selling API."""

    def __init__(
        self, core: Core, shop: Shop, router: Router, journal: Journal
    ) -> None:
        self.core = core
        self.shop = shop
        self.router = router
        self.journal = journal
        self._writers: dict[str, Handler] = {}
        self._changes: dict[str, Action] = {}

    def read(self, method: str, path: str, handler: Handler) -> None:
        """A call that changes nothing."""

        def answer(request: Request) -> Response:
            call = self._call(request)
            if method != "GET":
                call.body = request.json()
            with self.core.lock:
                self.shop.moment = self.core.clock.now()
                return handler(call)

        self.router.add(method, path, answer)

    def write(
        self, method: str, path: str, handler: Handler, body: Body = json_body
    ) -> None:
        """A call that changes something."""
        name = f"{method} {path}"
        self._writers[name] = handler

        def answer(request: Request) -> Response:
            call = self._call(request)
            call.body = body(request)
            with self.core.lock:
                self.shop.moment = self.core.clock.now()
                count = self.shop.count
                try:
                    self._conflict()
                    response = handler(call)
                except HttpError as refusal:
                    self._log(request, call, refusal.response.status)
                    raise
                self._log(request, call, response.status)
                self._note(name, {"call": vars(call), "count": count})
                return response

        self.router.add(method, path, answer)

    def control(self, path: str, action: Action) -> None:
        """A control call that changes something: ``POST /_sandbox/{path}``."""
        name = f"/_sandbox/{path}"
        self._changes[name] = action

        def answer(request: Request) -> Response:
            values = request.json()
            with self.core.lock:
                self.shop.moment = self.core.clock.now()
                count = self.shop.count
                try:
                    found = action(request.params, values)
                except (ValueError, TypeError, AttributeError) as problem:
                    raise _refuse(str(problem), 400) from problem
                except KeyError as problem:
                    raise _refuse(f"unknown: {problem}", 404) from problem
                entry = {"params": request.params, "values": values, "count": count}
                self._note(name, entry)
                return json_response(found)

        self.router.add("POST", name, answer)

    def _note(self, name: str, entry: Record) -> None:
        # Bodies may be changed while they are kept: the journal has its own.
        entry = fresh({**entry, "moment": self.shop.moment.isoformat()})
        self.journal.note(self.shop.moment, KIND, name, entry)
        self.core.changed()

    def replay(self, name: str, entry: Record) -> None:
        """Make a change of the journal again."""
        shop = self.shop
        shop.count, shop.moment = entry["count"], parse_moment(entry["moment"])
        shop.quiet = True
        try:
            if name in self._changes:
                self._changes[name](entry["params"], entry["values"])
            else:
                self._writers[name](Call(**entry["call"]))
        finally:
            shop.quiet = False

    def _call(self, request: Request) -> Call:
        access = self.core.access(request)
        headers = {n: request.headers[n] for n in _HEADERS if n in request.headers}
        return Call(
            access.user_id, access.client_id, request.params, request.query, headers
        )

    def _conflict(self) -> None:
        settings = self.core.settings
        if settings.conflicts > 0:
            settings.conflicts -= 1
            raise conflict()

    def _log(self, request: Request, call: Call, status: int) -> None:
        self.shop.writes.append(
            {
                "method": request.method,
                "path": request.path,
                "seller_id": call.seller_id,
                "client_id": call.client_id,
                "status": status,
                "body": call.body,
            }
        )


def _refuse(text: str, status: int) -> HttpError:
    return HttpError(json_response({"error": text}, status))
