"""What a channel says has changed. No Odoo in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

from .errors import Rejected
from .text import identifier

# Bytes of a notification; those of most services have some three hundred.
MAX_BODY = 65536
MAX_TOPIC = 64
MAX_RESOURCE = 128
MAX_ATTEMPTS = 10**6


@dataclass(frozen=True)
class Hint:
    """A notification of a channel: a reason to look, never data.

    :param topic: the service's word for the kind of data, at most :data:`MAX_TOPIC`
        characters
    :param resource: what changed, as the service names it, at most
        :data:`MAX_RESOURCE` characters; a whole number becomes text
    :param sent_at: UTC, naive unless it says so; None when the service did not say
    :param kind: the flow that looks after it; None for a mere sign of life
    :param attempts: how often the service has tried to deliver it
    :raises Rejected: ``payload_invalid``: something of it is not that
    """

    topic: str
    resource: str
    sent_at: datetime | None = None
    kind: str | None = None
    attempts: int = 1

    def __post_init__(self) -> None:
        topic = identifier(self.topic, "topic", MAX_TOPIC)
        resource = identifier(self.resource, "resource", MAX_RESOURCE)
        sent_at, attempts = self.sent_at, self.attempts
        if not isinstance(sent_at, datetime | None):
            raise Rejected("payload_invalid", "sent_at")
        if sent_at and sent_at.tzinfo:
            sent_at = sent_at.astimezone(timezone.utc).replace(tzinfo=None)
        if not isinstance(attempts, int):
            raise Rejected("payload_invalid", "attempts")
        object.__setattr__(self, "topic", topic)
        object.__setattr__(self, "resource", resource)
        object.__setattr__(self, "sent_at", sent_at)
        object.__setattr__(self, "attempts", max(0, min(attempts, MAX_ATTEMPTS)))


@dataclass(frozen=True)
class Notification:
    """What a service sent, forged or not: whose it says it is, and what it hints at.

    :param account: the service's id of the account that it concerns; a whole number
        becomes text, here as in the application
    :param hint: None for a topic that nobody looks after here
    :param application: the application that it was sent to; None when the service does
        not say
    :raises Rejected: ``payload_invalid``: something of it is not that
    """

    account: str
    hint: Hint | None
    application: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "account", identifier(self.account, "account"))
        if self.application is not None:
            application = identifier(self.application, "application")
            object.__setattr__(self, "application", application)
