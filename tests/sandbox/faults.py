"""Faults on demand: rules that spoil the answers of a fake service."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from .http import JSON_TYPE, Request, Response
from .jsontools import encode, merge_patch

#: Kinds that answer in place of the service.
REPLACING = {"429", "429_empty", "5xx", "drop", "not_json"}
#: Kinds that spoil what the service answered.
SPOILING = {"cut", "malformed", "huge", "drift", "empty", "patch"}
KINDS = REPLACING | SPOILING | {"delay"}

ErrorBody = Callable[[int, str], bytes]
Rewrite = Callable[["Rule", bytes], bytes]


@dataclass
class Rule:
    """One fault rule, as posted to ``/_sandbox/faults``.

    :param match: regular expression searched in ``METHOD /path`` and in
        ``METHOD /path?query``
    :param kind: one of :data:`KINDS`
    :param times: how many requests it spoils; None means for ever
    :param probability: chance (0 to 1) that a matching request is spoiled
    :param retry_after: seconds put in a ``Retry-After`` header (429 and 5xx)
    :param status: status code of ``5xx`` (default 503) and ``not_json``
    :param seconds: how long ``delay`` waits
    :param bytes: least size of the body of ``huge``
    :param patch: JSON merge patch of ``patch``
    :param missing: root key that ``drift`` removes (default: one picked by chance)
    :param variant: body of ``429``: ``json``, ``local`` or ``text``
    :param processed: let the service act on the request although the caller gets
        no usable answer (a ``delay`` then waits after the service has acted)
    """

    match: str
    kind: str
    times: int | None = None
    probability: float = 1.0
    retry_after: float | None = None
    status: int | None = None
    seconds: float = 1.0
    bytes: int = 20_000_000
    patch: dict[str, Any] | None = None
    missing: str | None = None
    variant: str = "json"
    processed: bool = False
    id: int = 0
    fired: int = 0

    def matches(self, request: Request) -> bool:
        """Whether the rule is about this request and not used up."""
        if self.times is not None and self.fired >= self.times:
            return False
        text = f"{request.method} {request.path}"
        if re.search(self.match, text):
            return True
        query = request.query_string
        return bool(query and re.search(self.match, f"{text}?{query}"))


def parse_rule(values: dict[str, Any]) -> Rule:
    """Build a rule from JSON; raises ValueError with the reason when it is wrong."""
    known = set(Rule.__dataclass_fields__) - {"id", "fired"}
    unknown = set(values) - known
    if unknown:
        raise ValueError(f"unknown keys: {', '.join(sorted(unknown))}")
    if values.get("kind") not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(sorted(KINDS))}")
    try:
        re.compile(values.get("match", ""))
    except (re.error, TypeError) as error:
        raise ValueError(f"match: {error}") from error
    return Rule(**{"match": "", **values})


class Faults:
    """The rules in force. Thread-safe; chance comes from a seeded generator.

    :param error_body: makes the body of an error, of the type ``error_type``
    :param rewrite: what ``drift`` and ``huge`` do to a body that is not JSON
    """

    def __init__(
        self,
        seed: int,
        error_body: ErrorBody,
        error_type: str = JSON_TYPE,
        rewrite: Rewrite | None = None,
    ) -> None:
        self._rules: list[Rule] = []
        self._random = random.Random(f"faults {seed}")
        self._lock = threading.Lock()
        self._error_body = error_body
        self._error_type = error_type
        self._rewrite_other = rewrite
        self._next_id = 1

    def add(self, rule: Rule) -> Rule:
        """Put a rule in force and number it."""
        with self._lock:
            rule.id = self._next_id
            self._next_id += 1
            self._rules.append(rule)
        return rule

    def clear(self, rule_id: int | None = None) -> int:
        """Remove one rule, or all of them; returns how many were removed."""
        with self._lock:
            before = len(self._rules)
            self._rules = [
                rule
                for rule in self._rules
                if rule_id is not None and rule.id != rule_id
            ]
            return before - len(self._rules)

    def describe(self) -> list[dict[str, Any]]:
        """The rules as JSON objects, with how often each one fired."""
        with self._lock:
            return [asdict(rule) for rule in self._rules]

    def pick(self, request: Request) -> list[Rule]:
        """Rules that spoil this request: every delay and the first other one."""
        if not self._rules:
            return []
        picked: list[Rule] = []
        with self._lock:
            for rule in self._rules:
                if rule.kind != "delay" and any(r.kind != "delay" for r in picked):
                    continue
                if not rule.matches(request):
                    continue
                if rule.probability < 1 and self._random.random() >= rule.probability:
                    continue
                rule.fired += 1
                picked.append(rule)
        return picked

    def serve(self, rules: list[Rule], answer: Callable[[], Response]) -> Response:
        """Run ``answer`` under the picked rules."""
        for rule in rules:
            if rule.kind == "delay" and not rule.processed:
                time.sleep(rule.seconds)
        main = next((rule for rule in rules if rule.kind != "delay"), None)
        if main is None:
            response = answer()
        elif main.kind in REPLACING:
            if main.processed:
                answer()
            response = self._replacement(main)
        else:
            response = self._spoil(main, answer())
        for rule in rules:
            if rule.kind == "delay" and rule.processed:
                time.sleep(rule.seconds)
        return response

    def _replacement(self, rule: Rule) -> Response:
        headers = {}
        if rule.retry_after is not None:
            headers["Retry-After"] = f"{rule.retry_after:g}"
        if rule.kind == "drop":
            return Response(0, drop=True)
        if rule.kind == "not_json":
            page = b"<html><body><h1>We will be right back</h1></body></html>"
            return Response(rule.status or 200, page, "text/html", headers)
        if rule.kind == "429_empty":
            return Response(429, b"", headers=headers)
        if rule.kind == "429":
            kind = "text/plain" if rule.variant == "text" else self._error_type
            body = self._error_body(429, rule.variant)
            return Response(429, body, kind, headers)
        status = rule.status or 503
        body = self._error_body(status, "json")
        return Response(status, body, self._error_type, headers)

    def _spoil(self, rule: Rule, response: Response) -> Response:
        spoiled = Response(
            response.status,
            response.body,
            response.content_type,
            dict(response.headers),
        )
        if rule.kind == "cut":
            spoiled.cut = True
        elif rule.kind == "empty":
            spoiled.body = b""
        elif rule.kind == "malformed":
            half = max(1, len(response.body) // 2)
            spoiled.body = response.body[:half] + b'{"'
        else:
            spoiled.body = self._rewrite(rule, response.body)
        return spoiled

    def _rewrite(self, rule: Rule, body: bytes) -> bytes:
        try:
            value = json.loads(body)
        except ValueError:
            return self._rewrite_other(rule, body) if self._rewrite_other else body
        if rule.kind == "patch":
            return encode(merge_patch(value, rule.patch or {}))
        if rule.kind == "huge":
            padding = "x" * rule.bytes
            if isinstance(value, dict):
                return encode({**value, "padding": padding})
            return encode([value, padding])
        return encode(self._drift(rule, value))

    def _drift(self, rule: Rule, value: Any) -> Any:
        if isinstance(value, list):
            return [self._drift(rule, item) for item in value]
        if not isinstance(value, dict):
            return value
        drifted = dict(value)
        if drifted:
            with self._lock:
                chosen = self._random.choice(sorted(drifted))
            drifted.pop(rule.missing or chosen, None)
        drifted["x_new_block"] = {"version": 3, "values": [1, "two", None]}
        drifted["x_new_flag"] = True
        return drifted
