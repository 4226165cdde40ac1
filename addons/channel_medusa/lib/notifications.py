"""What the shop's subscriber announces; docs/medusa.md has its file.

The body is ``{account, topic, id, event, sent_at}``, signed as a whole.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_base.lib.hint import Hint, Notification
from odoo.addons.channel_base.lib.reader import required_moment
from odoo.addons.channel_order.lib.concern import Concern

ORDER = "order"
SIGNATURE_HEADER = "X-Odoo-Signature"
# How old a notification may be: the subscriber gives up after two minutes.
MAX_AGE = timedelta(hours=1)
# Topic → flow
_FLOWS = {ORDER: "orders_in"}


def parse(body: bytes) -> Notification:
    """:raises Rejected: it is no notification"""
    content = json.loads(body)
    if not isinstance(content, dict):
        raise Rejected("payload_invalid", "body")
    topic = content.get("topic")
    flow = _FLOWS.get(topic) if isinstance(topic, str) else None
    sent_at = required_moment(content.get("sent_at"), "sent_at")
    hint = Hint(topic, content.get("id"), sent_at, kind=flow) if flow else None
    return Notification(content.get("account"), hint)


def is_fresh(body: bytes, now: datetime) -> bool:
    """Whether a signed notification is no repetition of an old one.

    :param now: naive UTC
    """
    hint = parse(body).hint
    sent_at = hint and hint.sent_at
    return sent_at is None or abs(now - sent_at) < MAX_AGE


def concern(topic: str, resource: str) -> Concern | None:
    """What a hint is about."""
    return Concern("order", resource) if topic == ORDER else None
