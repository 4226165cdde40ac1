"""What a channel says has changed. No Odoo in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

# Bytes of a notification; those of most services have some three hundred.
MAX_BODY = 65536
MAX_TOPIC = 64
MAX_RESOURCE = 128


@dataclass(frozen=True)
class Hint:
    """A notification of a channel: a reason to look, never data.

    :param topic: the service's word for the kind of data, at most :data:`MAX_TOPIC`
        characters
    :param resource: what changed, as the service names it, at most
        :data:`MAX_RESOURCE` characters
    :param sent_at: naive UTC; None when the service did not say
    :param kind: the flow that looks after it; None for a mere sign of life
    :param attempts: how often the service has tried to deliver it
    """

    topic: str
    resource: str
    sent_at: datetime | None = None
    kind: str | None = None
    attempts: int = 1


@dataclass(frozen=True)
class Notification:
    """What a service sent, forged or not: whose it says it is, and what it hints at.

    :param account: the service's id of the account that it concerns
    :param hint: None for a topic that nobody looks after here
    :param application: the application that it was sent to; None when the service does
        not say
    """

    account: str
    hint: Hint | None
    application: str | None = None
