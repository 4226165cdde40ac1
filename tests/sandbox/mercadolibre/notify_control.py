"""Control API of notifications (``/_sandbox/notifications``)."""

from __future__ import annotations

from ..http import HttpError, Request, Response, Router, json_response
from .core import Core
from .notifications import post

TOPICS = ["orders_v2", "shipments", "payments"]


class NotificationControl:
    """Handlers; what they do is not kept in the state file."""

    def __init__(self, core: Core, router: Router) -> None:
        self.notifier = core.notifier
        self.apps = core.authority.apps
        router.add("GET", "/_sandbox/notifications", self.describe)
        router.add("POST", "/_sandbox/notifications", self.change)
        router.add("POST", "/_sandbox/notifications/reset", self.reset)
        router.add("POST", "/_sandbox/notifications/subscribe", self.subscribe)
        router.add("POST", "/_sandbox/notifications/disable", self.disable)
        router.add("POST", "/_sandbox/notifications/send", self.send)

    def describe(self, _request: Request) -> Response:
        """What was announced, delivered and missed, and how fast."""
        return json_response(self.notifier.describe())

    def change(self, request: Request) -> Response:
        """Duplicates, order, holding back, speed of repetitions."""
        try:
            self.notifier.change(request.json())
        except ValueError as error:
            raise HttpError(json_response({"error": str(error)}, 400)) from error
        return json_response(vars(self.notifier.behaviour))

    def reset(self, _request: Request) -> Response:
        """Counts back to zero."""
        self.notifier.reset()
        return json_response(self.notifier.describe())

    def subscribe(self, request: Request) -> Response:
        """``{url, topics?, client_id?}``: what a developer enters in the panel."""
        values = request.json()
        app_id = values.get("client_id") or next(iter(self.apps))
        topics = values.get("topics") or TOPICS
        self.notifier.subscribe(app_id, values.get("url", ""), topics)
        return json_response({"client_id": app_id, "topics": topics})

    def disable(self, request: Request) -> Response:
        """``{topic}``: the service gives up on it."""
        self.notifier.disable(request.json().get("topic", ""))
        return json_response({})

    def send(self, request: Request) -> Response:
        """``{url, body}``: send any body once; the status of the answer."""
        values = request.json()
        text = values.get("body", "").encode()
        status, said = post(values.get("url", ""), text, timeout=10)
        return json_response({"status": status, "body": said})
