"""Prices by customer group of a shop.

======== ==================================================================
kind     in the shop
======== ==================================================================
group    a customer group
list     a price list of type *override* with a price per variant, computed
         in Odoo; a draft until a contract gives it a group
contract the rule ``customer.groups.id`` of the list
customer who is in a group
======== ==================================================================

Our reference, and what a list was told, are kept in metadata. Source:
docs.medusajs.com, "Price lists" and "Customer groups"; measured on the server 2.18.0.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_base.lib.reader import (
    decimal,
    identifier,
    mapping,
    required_identifier,
    sequence,
)
from odoo.addons.channel_base.lib.text import clean, exact
from odoo.addons.channel_medusa.lib.client import MedusaClient, segment
from odoo.addons.channel_outgoing.lib.kind import Content
from odoo.addons.channel_outgoing.lib.writer import Answer, Found, Record, Target, each

REFERENCE = "odoo_ref"
_CONTENT, _CONTRACTS = "odoo_content", "odoo_contracts"
_RULE = "customer.groups.id"
_LIST_FIELDS = "id,title,type,status,metadata,price_list_rules.*"

Block = Mapping[str, Any]
# Operation of a batch and what it takes
Change = tuple[str, Any]
# So many prices go in one call: bodies have a limit.
MAX_PRICES = 500
MAX_REFUSED = 20
# Variant → price
Prices = Mapping[str, Decimal]


class MedusaPricing:
    """The writer of groups, lists, contracts and customers' groups.

    :param find_prices: prices by variant of lists, by our reference; a list that is
        absent keeps the prices that it has. See ``tools/prices.py``
    """

    def __init__(
        self,
        client: MedusaClient,
        find_prices: Callable[[Iterable[str]], Mapping[str, Prices]],
    ):
        self.client = client
        self.find_prices = find_prices

    def take_calls(self) -> int:
        """API calls made since this was last asked."""
        return self.client.take_calls()

    def find(self, kind: str, targets: Sequence[Target]) -> Mapping[str, Found]:
        """What the shop has; records of ours are found by their reference as well."""
        finders = {
            "group": self._find_groups,
            "list": self._find_lists,
            "contract": self._find_contracts,
            "customer": self._find_customers,
        }
        return finders[kind](targets)

    def put(self, kind: str, records: Sequence[Record]) -> Mapping[str, Answer]:
        """Create or change records, each with its own answer."""
        if kind == "list":
            prices = self.find_prices([target.reference for target, _ in records])
            there = self._read_lists()
            return each(records, lambda t, c: self._put_list(t, c, prices, there))
        if kind == "contract":
            rows = self._read_lists()
            return each(records, lambda t, c: self._put_contract(t, c, rows))
        if kind == "customer":
            ids = [target.external_id for target, _ in records if target.external_id]
            known, ours = self._read_customers(ids), self._get_our_groups()
            return each(records, lambda t, c: self._put_customer(t, c, known, ours))
        return each(records, self._put_group)

    def delete(self, kind: str, targets: Sequence[Target]) -> Mapping[str, Exception]:
        """Delete what is ours; a contract leaves its list."""
        deleters = {
            "group": self._delete_group,
            "list": self._delete_list,
            "contract": self._delete_contract,
        }

        def delete(target: Target, _content: Content) -> str:
            deleters[kind](target)
            return ""

        answers = each([(target, {}) for target in targets], delete)
        return {ref: e for ref, e in answers.items() if isinstance(e, Exception)}

    def _read_groups(self) -> list[dict[str, Any]]:
        return self.client.read_all(
            "/admin/customer-groups", "customer_groups", fields="id,name,metadata"
        )

    def _find_groups(self, targets: Sequence[Target]) -> dict[str, Found]:
        rows = self._read_groups()
        return {
            target.reference: Found(_id(row), {"name": clean(row.get("name"))})
            for target in targets
            if (row := _match(rows, target))
        }

    def _put_group(self, target: Target, content: Content) -> str:
        body = {
            "name": content["name"],
            "metadata": {REFERENCE: target.reference},
        }
        path = "/admin/customer-groups"
        if target.external_id:
            path = f"{path}/{segment(target.external_id)}"
        answer = self.client.post(path, body)
        return _id(mapping(answer.get("customer_group"), "customer_group"))

    def _delete_group(self, target: Target) -> None:
        row = _match(self._read_groups(), target)
        if row and _reference(row) == target.reference:
            self.client.request("DELETE", f"/admin/customer-groups/{_id(row)}")

    def _read_lists(self) -> list[dict[str, Any]]:
        rows = self.client.read_all(
            "/admin/price-lists", "price_lists", fields=_LIST_FIELDS
        )
        return [row for row in rows if _reference(row)]

    def _read_prices(self, key: str) -> dict[str, Block]:
        """Variant → its price in the list."""
        rows = self.client.read_all(f"/admin/price-lists/{key}/prices", "prices")
        found = {}
        for row in rows:
            variant = mapping(
                mapping(row.get("price_set"), "price_set").get("variant"), "variant"
            )
            found[identifier(variant.get("id"), "variant.id")] = row
        return found

    def _find_lists(self, targets: Sequence[Target]) -> dict[str, Found]:
        """A list is what it was told while its prices are what Odoo computes now."""
        rows = self._read_lists()
        matched = {t.reference: row for t in targets if (row := _match(rows, t))}
        wanted = self.find_prices(matched) if matched else {}
        found = {}
        for reference, row in matched.items():
            told = _told(row, _CONTENT, {})
            there = {
                variant: decimal(price.get("amount"), "amount")
                for variant, price in self._read_prices(_id(row)).items()
            }
            prices = wanted.get(reference)
            is_right = prices is None or there == prices
            is_named = clean(row.get("title")) == told.get("name")
            content = told if is_right and is_named else {"name": row.get("title")}
            found[reference] = Found(_id(row), content)
        return found

    def _put_list(
        self,
        target: Target,
        content: Content,
        prices: Mapping[str, Prices],
        rows: Sequence[Block],
    ) -> Answer:
        wanted = prices.get(target.reference)
        currency = str(content["currency"]).lower()
        row = _match(rows, target)
        metadata = {REFERENCE: target.reference, _CONTENT: json.dumps(dict(content))}
        body: dict[str, Any] = {"title": content["name"]}
        if row is None:
            body.update(
                description="Kept by Odoo",
                type="override",
                status="draft",
                starts_at=None,
                ends_at=None,
                rules={},
                prices=[],
                metadata=metadata,
            )
            answer = self.client.post("/admin/price-lists", body)
            key = _id(mapping(answer.get("price_list"), "price_list"))
        else:
            key = _id(row)
            body["metadata"] = {**mapping(row.get("metadata"), "metadata"), **metadata}
            self.client.post(f"/admin/price-lists/{key}", body)
        if wanted is None:
            # Prices are not sent: those that it has stay.
            return key
        changes = _price_changes(wanted, self._read_prices(key), currency)
        refused: list[Rejected] = []
        for start in range(0, len(changes), MAX_PRICES):
            part = changes[start : start + MAX_PRICES]
            self._write_prices(key, part, refused)
        if refused:
            detail = refused[0].params.get("detail") or str(refused[0])
            return Rejected("prices_refused", count=len(refused), detail=detail)
        return key

    def _write_prices(
        self, key: str, changes: Sequence[Change], refused: list[Rejected]
    ) -> None:
        """Change prices of a list, in halves if they are refused: a batch is all or
        nothing there, and one variant that is gone must not hold the others.

        :param refused: takes why single ones were refused; after many no more is tried
        """
        if len(refused) >= MAX_REFUSED:
            return
        body: dict[str, list[Any]] = {"create": [], "update": [], "delete": []}
        for operation, value in changes:
            body[operation].append(value)
        try:
            self.client.post(f"/admin/price-lists/{key}/prices/batch", body)
        except Rejected as error:
            if len(changes) == 1:
                refused.append(error)
                return
            half = len(changes) // 2
            for part in (changes[:half], changes[half:]):
                self._write_prices(key, part, refused)

    def _delete_list(self, target: Target) -> None:
        row = _match(self._read_lists(), target)
        if row and _reference(row) == target.reference:
            self.client.request("DELETE", f"/admin/price-lists/{_id(row)}")

    def _find_contracts(self, targets: Sequence[Target]) -> dict[str, Found]:
        wanted = {target.reference for target in targets}
        found = {}
        for row in self._read_lists():
            # A draft counts for nobody.
            groups = _groups(row) if row.get("status") == "active" else set()
            for reference, told in _contracts(row).items():
                if reference in wanted and told["group"] in groups:
                    content = {**told, "list": _id(row)}
                    found[reference] = Found(reference, content)
        return found

    def _put_contract(
        self, target: Target, content: Content, rows: Sequence[dict[str, Any]]
    ) -> Answer:
        """:param rows: the lists, which are kept as they become"""
        if content["list"] not in {_id(row) for row in rows}:
            return Rejected("not_found", "list")
        for row in rows:
            for reference, told in _contracts(row).items():
                other = _id(row) != content["list"] and reference != target.reference
                if other and told["group"] == content["group"]:
                    # All lists of a group count at once there.
                    return Rejected("group_has_list", list=str(row.get("title")))
        for row in rows:
            contracts = _contracts(row)
            before = contracts.pop(target.reference, None)
            if _id(row) == content["list"]:
                told = {"group": content["group"], "origin": content.get("origin")}
                self._write_contracts(row, {**contracts, target.reference: told})
            elif before:
                self._write_contracts(row, contracts)
        return target.reference

    def _write_contracts(
        self, row: dict[str, Any], contracts: Mapping[str, Any]
    ) -> None:
        """A list without groups would count for everybody: then it is a draft."""
        groups = sorted({str(told["group"]) for told in contracts.values()})
        metadata = mapping(row.get("metadata"), "metadata")
        body = {
            "status": "active" if groups else "draft",
            "rules": {_RULE: groups} if groups else {},
            "metadata": {**metadata, _CONTRACTS: json.dumps(dict(contracts))},
        }
        self.client.post(f"/admin/price-lists/{_id(row)}", body)
        row.update(body)

    def _delete_contract(self, target: Target) -> None:
        for row in self._read_lists():
            contracts = _contracts(row)
            if contracts.pop(target.reference, None):
                self._write_contracts(row, contracts)

    def _find_customers(self, targets: Sequence[Target]) -> dict[str, Found]:
        ours = self._get_our_groups()
        ids = [target.external_id for target in targets if target.external_id]
        rows = {_id(row): row for row in self._read_customers(ids)}
        found = {}
        for target in targets:
            row = rows.get(target.external_id or "")
            if row:
                groups = sorted(set(_groups_of(row)) & ours)
                # In several of ours: neither is right.
                group = "|".join(groups) or None
                found[target.reference] = Found(_id(row), {"group": group})
        return found

    def _read_customers(self, ids: Iterable[str]) -> list[dict[str, Any]]:
        return self.client.read_some(
            "/admin/customers", "customers", ids, fields="id,*groups"
        )

    def _get_our_groups(self) -> set[str]:
        return {_id(row) for row in self._read_groups() if _reference(row)}

    def _put_customer(
        self,
        target: Target,
        content: Content,
        known: Sequence[Block],
        ours: set[str],
    ) -> Answer:
        row = next((row for row in known if _id(row) == target.external_id), None)
        if row is None:
            return Rejected("not_found")
        key, group = _id(row), content.get("group")
        # Groups that the shop's people made are theirs.
        leave = (set(_groups_of(row)) & ours) - {group}
        for former in sorted(leave):
            self._write_customers(former, remove=[key])
        if group:
            self._write_customers(str(group), add=[key])
        return key

    def _write_customers(
        self, group: str, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> None:
        path = f"/admin/customer-groups/{segment(group)}/customers"
        self.client.post(path, {"add": list(add), "remove": list(remove)})


def _price_changes(
    wanted: Prices, there: Mapping[str, Block], currency: str
) -> list[Change]:
    """What brings a list's prices about."""
    changes: list[Change] = [
        ("delete", _id(price)) for key, price in there.items() if key not in wanted
    ]
    for variant, amount in wanted.items():
        price: dict[str, Any] = {
            "variant_id": variant,
            "currency_code": currency,
            "amount": float(amount),
        }
        known = there.get(variant)
        if known is None:
            changes.append(("create", price))
        elif (decimal(known.get("amount"), "amount"), known.get("currency_code")) != (
            amount,
            currency,
        ):
            price["id"] = _id(known)
            changes.append(("update", price))
    return changes


def _id(row: Block) -> str:
    return required_identifier(row.get("id"), "id")


def _reference(row: Block) -> str:
    return exact(mapping(row.get("metadata"), "metadata").get(REFERENCE))


def _match(rows: Sequence[Any], target: Target) -> Any:
    """The row of a target: by its id, or by our reference while it has none."""
    for row in rows:
        known = _id(row) if target.external_id else _reference(row)
        if known == (target.external_id or target.reference):
            return row
    return None


def _told(row: Block, key: str, default: Any) -> Any:
    """What we wrote as JSON into metadata."""
    try:
        found = json.loads(mapping(row.get("metadata"), "metadata").get(key) or "null")
    except (ValueError, TypeError, RecursionError):
        found = None
    return found if isinstance(found, type(default)) else default


def _contracts(row: Block) -> dict[str, dict[str, Any]]:
    """Our contracts of a list, by reference."""
    told = _told(row, _CONTRACTS, {}).items()
    return {
        reference: one
        for reference, one in told
        if isinstance(one, dict) and isinstance(one.get("group"), str)
    }


def _groups(row: Block) -> set[str]:
    """The customer groups of a list's rule."""
    rules = mapping(row.get("rules"), "rules")
    return {exact(one) for one in sequence(rules.get(_RULE), "rules")}


def _groups_of(customer: Block) -> list[str]:
    rows = sequence(customer.get("groups"), "groups")
    return [_id(mapping(row, "groups")) for row in rows]
