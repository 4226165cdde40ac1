"""Notifications (webhooks) of the MercadoLibre fake, and the missed ones.

Source: MercadoLibre developers, Notifications. An application has one callback address
and subscribes to topics. A notification that is not answered 200 within 500 ms is sent
again, eight times in all within an hour; then it is missed, and can be asked for during
two days. A topic that was switched off for its failures is not even missed.
"""

from __future__ import annotations

import heapq
import http.client
import itertools
import random
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

from ..clock import Clock
from ..jsontools import encode

TIMEOUT = 0.5
#: Seconds after the first attempt at which it is repeated: eight attempts in an hour.
RETRY_AFTER = (10.0, 30.0, 120.0, 300.0, 900.0, 1800.0, 3600.0)
MISSED_DAYS = 2
PAGE = 10
_SENDERS = 16
_SHUFFLE_SECONDS = 0.5  # within which any notification may overtake another


def _utc(moment: datetime) -> str:
    text = moment.astimezone(timezone.utc).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


@dataclass
class Subscription:
    """Where an application is notified, and of what."""

    url: str
    topics: set[str] = field(default_factory=set)
    disabled: set[str] = field(default_factory=set)


@dataclass
class Behaviour:
    """What can be changed while the fake runs.

    :param duplicates: how many times more each notification is sent
    :param shuffle: send what is waiting in any order
    :param hold: keep notifications waiting, as a lagging service does
    :param speed: the waits between attempts are divided by this
    """

    duplicates: int = 0
    shuffle: bool = False
    hold: bool = False
    speed: float = 1.0


@dataclass(order=True)
class _Delivery:
    due: float
    number: int
    url: str = field(compare=False)
    content: dict[str, Any] = field(compare=False)
    first: float = field(compare=False)


class Notifier:
    """Sends notifications from threads of its own; the clock only stamps them."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self._clock = clock
        self._rng = random.Random(f"notifications {seed}")
        self._subscriptions: dict[str, Subscription] = {}
        self._lock = threading.Condition()
        self._queue: list[_Delivery] = []
        self._numbers = itertools.count()
        self._missed: list[dict[str, Any]] = []
        self._pool: ThreadPoolExecutor | None = None
        self._stopping = False
        self._busy = 0
        self.behaviour = Behaviour()
        self.reset()

    def reset(self) -> None:
        """Forget the counts; what waits or was missed stays."""
        with self._lock:
            self._counts: Counter[str] = Counter()
            self._latencies: list[float] = []

    def subscribe(self, app_id: str, url: str, topics: list[str]) -> None:
        """Notify an application of these topics from now on; no address ends it."""
        with self._lock:
            if url:
                self._subscriptions[app_id] = Subscription(url, set(topics))
            else:
                self._subscriptions.pop(app_id, None)

    def disable(self, topic: str) -> None:
        """Switch a topic off, as the service does after repeated failures."""
        with self._lock:
            for subscription in self._subscriptions.values():
                subscription.disabled.add(topic)

    def change(self, values: dict[str, Any]) -> None:
        """Change the behaviour; raises ValueError for an unknown name."""
        unknown = set(values) - set(vars(self.behaviour))
        if unknown:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        with self._lock:
            for name, value in values.items():
                setattr(self.behaviour, name, value)
            self._lock.notify()

    def announce(self, topic: str, resource: str, user_id: int) -> None:
        """Something changed: notify the subscribed applications."""
        with self._lock:
            for app_id, subscription in self._subscriptions.items():
                if topic in subscription.topics - subscription.disabled:
                    content = self._content(app_id, topic, resource, user_id)
                    for _turn in range(1 + self.behaviour.duplicates):
                        self._enqueue(subscription.url, content, 0.0)

    def _content(
        self, app_id: str, topic: str, resource: str, user_id: int
    ) -> dict[str, Any]:
        now = _utc(self._clock.now())
        return {
            "_id": str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
            "resource": resource,
            "user_id": user_id,
            "topic": topic,
            "application_id": int(app_id),
            "attempts": 1,
            "sent": now,
            "received": now,
        }

    def _enqueue(self, url: str, content: dict[str, Any], wait: float) -> None:
        if self.behaviour.shuffle:
            wait += self._rng.random() * _SHUFFLE_SECONDS
        now, number = time.monotonic(), next(self._numbers)
        heapq.heappush(
            self._queue, _Delivery(now + wait, number, url, dict(content), now)
        )
        self._counts["announced"] += 1
        self._start()
        self._lock.notify()

    def _start(self) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(_SENDERS, "notifications")
            threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        """Send nothing any more."""
        with self._lock:
            self._stopping = True
            self._lock.notify()
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        while True:
            with self._lock:
                if self._stopping:
                    return
                now = time.monotonic()
                due = self._queue[0].due if self._queue else None
                if due is None or due > now or self.behaviour.hold:
                    self._lock.wait(0.5 if due is None else min(0.5, max(due - now, 0)))
                    continue
                delivery = heapq.heappop(self._queue)
                self._busy += 1
            assert self._pool
            self._pool.submit(self._deliver, delivery)

    def _deliver(self, delivery: _Delivery) -> None:
        started = time.monotonic()
        status, problem = post(delivery.url, encode(delivery.content))
        took = time.monotonic() - started
        with self._lock:
            self._busy -= 1
            self._counts["attempts"] += 1
            self._counts[f"status_{status}"] += 1
            self._latencies.append(took)
            if status == 200 and took <= TIMEOUT:
                self._counts["delivered"] += 1
                return
            attempt = delivery.content["attempts"]
            if attempt <= len(RETRY_AFTER):
                delivery.content["attempts"] = attempt + 1
                delivery.content["sent"] = _utc(self._clock.now())
                wait = RETRY_AFTER[attempt - 1] / self.behaviour.speed
                delivery.due = delivery.first + wait
                heapq.heappush(self._queue, delivery)
                self._lock.notify()
                return
            self._counts["missed"] += 1
            self._missed.append(
                {
                    **delivery.content,
                    "request": {
                        "url": delivery.url,
                        "headers": {"content-type": "application/json"},
                        "data": encode(delivery.content).decode(),
                    },
                    "response": {
                        "req_time": round(took * 1000),
                        "http_code": status,
                        "body": problem,
                    },
                }
            )

    def missed(
        self, app_id: str, topic: str | None, offset: int, limit: int
    ) -> list[dict[str, Any]]:
        """Missed notifications of an application, oldest first."""
        oldest = _utc(self._clock.now() - timedelta(days=MISSED_DAYS))
        with self._lock:
            found = [
                row
                for row in self._missed
                if str(row["application_id"]) == app_id
                and topic in (None, row["topic"])
                and row["sent"] >= oldest
            ]
        return found[offset : offset + limit]

    def describe(self) -> dict[str, Any]:
        """Counts, latencies in milliseconds, and what is still under way."""
        with self._lock:
            times = sorted(self._latencies)
            waiting = len(self._queue) + self._busy
            counts = dict(self._counts)
        return {
            **counts,
            "waiting": waiting,
            "latency_ms": {
                name: round(times[min(int(len(times) * share), len(times) - 1)] * 1000)
                for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
                if times
            },
        }


def post(url: str, body: bytes, timeout: float = TIMEOUT) -> tuple[int, str]:
    """Send a notification; status (0 without an answer) and what went wrong."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=timeout)
    try:
        kind = {"Content-Type": "application/json"}
        connection.request("POST", parts.path or "/", body, kind)
        answer = connection.getresponse()
        return answer.status, answer.read()[:200].decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        return 0, type(error).__name__
    finally:
        connection.close()
