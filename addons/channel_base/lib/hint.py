"""What a channel says has changed. No Odoo in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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
