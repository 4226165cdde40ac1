"""Human edits win: what a channel may change on a record that people also edit."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final


class Rule(Enum):
    """How far the channel's value goes.

    * ``FOLLOW``: the field keeps up with the channel until somebody else changes it.
    * ``FILL``: the channel only gives a value to a field that has none.
    """

    FOLLOW = "follow"
    FILL = "fill"


class Keep(Enum):
    """Result of :func:`merge`: leave the field as it is."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


def merge(
    written: Any, current: Any, incoming: Any, rule: Rule = Rule.FOLLOW
) -> tuple[Any, Any]:
    """Three-way merge of one field.

    :param written: what the channel wrote here the last time, empty when it never did
    :param current: what is there now
    :param incoming: what the channel says now; empty means that it says nothing, so
        nothing is ever erased
    :return: the value to write, or :data:`KEEP`, and what counts as written from now
    """
    if not incoming:
        return KEEP, written
    if current == incoming:
        return KEEP, incoming
    if not current:
        # Somebody erased just this value: it does not come back by itself.
        if rule is Rule.FOLLOW and written == incoming:
            return KEEP, written
        return incoming, incoming
    if rule is Rule.FOLLOW and current == written:
        return incoming, incoming
    return KEEP, written


def merge_fields(
    written: Mapping[str, Any],
    current: Mapping[str, Any],
    incoming: Mapping[str, Any],
    rules: Mapping[str, Rule],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Three-way merge of several fields.

    :param rules: the fields that take part; a field without a rule is not touched
    :return: the values to write (often none) and what counts as written from now
    """
    values: dict[str, Any] = {}
    now_written = dict(written)
    for name, rule in rules.items():
        value, last = merge(
            written.get(name), current.get(name), incoming.get(name), rule
        )
        if value is not KEEP:
            values[name] = value
        if last:
            now_written[name] = last
    return values, now_written
