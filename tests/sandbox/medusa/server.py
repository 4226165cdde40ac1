"""The Medusa fake as a whole."""

from __future__ import annotations

from datetime import datetime

from ..clock import Clock
from ..control import ControlledSandbox
from ..http import Request, Response, json_response
from ..jsontools import encode
from .admin import Admin
from .control import Control
from .goods import Goods
from .groups import Groups
from .shop import Shop


class MedusaSandbox(ControlledSandbox):
    """A Medusa 2 shop on loopback, empty until orders are placed by its control API.

    :param seed: of the faults' chance
    :param now: starting time (default: the real time floored to the minute)
    :param frozen: keep the clock still unless it is moved
    """

    name = "medusa"

    def __init__(
        self,
        *,
        seed: int = 7,
        now: datetime | None = None,
        frozen: bool = False,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        super().__init__(
            seed=seed, clock=Clock(now, frozen=frozen), host=host, port=port
        )
        self.shop = Shop(self.clock)
        Control(self.shop, self.router, self.lock)
        self.admin = Admin(self.shop, self.router, self.lock)
        self.goods = Goods(self.shop, self.router, self.admin.guarded)
        self.groups = Groups(self.shop, self.router, self.admin.guarded)

    def error_body(self, status: int, variant: str) -> bytes:
        """Bodies of made-up errors, in the API's own style."""
        text = "An unknown error occurred."
        return encode({"code": variant, "type": "unknown_error", "message": text})

    def not_found(self, request: Request) -> Response:
        """Answer for a path the fake does not serve."""
        text = f"Cannot {request.method} {request.path}"
        return json_response({"type": "not_found", "message": text}, 404)
