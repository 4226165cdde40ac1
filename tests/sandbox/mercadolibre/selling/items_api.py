"""Calls about items: reading, creating, changing, descriptions, pictures.

Source: MercadoLibre developers, Items and searches, Publish products, Item
description, Working with pictures.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from typing import Any

from ...http import HttpError, Request, Response, json_response
from ..errors import error
from ..times import stamp
from .calls import Call, Calls
from .causes import Findings, invalid, required_fields
from .changes import Change, not_modifiable
from .creation import Creation
from .images import MAX_BYTES, form_file, image_size
from .items_search import ItemSearch
from .shop import Item, Shop
from .variations import change_variation, remove_variation
from .views import paths_of, select, show, show_others

Record = dict[str, Any]
MAX_BULK = 20
OLD_BULK_ENDS = datetime(2026, 10, 25, tzinfo=timezone.utc)


class ItemsApi:
    """Handlers of ``/items`` and of ``/users/{id}/items/search``."""

    def __init__(self, shop: Shop, calls: Calls) -> None:
        self.shop = shop
        self.finder = ItemSearch(shop)
        item = "/items/{id}"
        for path, handler in (
            ("/users/{user}/items/search", self.search),
            ("/items", self.old_bulk),
            ("/items/bulk", self.bulk),
            (item, self.item),
            (f"{item}/variations", self.variations),
            (f"{item}/variations/{{variation}}", self.variation),
            (f"{item}/description", self.description),
        ):
            calls.read("GET", path, handler)
        calls.read("POST", "/items/validate", self.validate)
        calls.write("POST", "/items", self.create)
        calls.write("POST", "/items/multiwarehouse", self.create)
        calls.write("PUT", item, self.update)
        calls.write("POST", f"{item}/listing_type", self.listing_type)
        calls.write("POST", f"{item}/variations", self.add_variation)
        calls.write("PUT", f"{item}/variations/{{variation}}", self.update_variation)
        calls.write("DELETE", f"{item}/variations/{{variation}}", self.drop_variation)
        calls.write("POST", f"{item}/description", self.describe)
        calls.write("PUT", f"{item}/description", self.redescribe)
        calls.write(
            "POST", "/pictures/items/upload", self.upload, body=self.picture_size
        )

    # Reading

    def search(self, call: Call) -> Response:
        """Ids of the caller's items."""
        if call.params["user"] != str(call.seller_id):
            text = "The caller is not authorized to access this resource"
            return error(403, "forbidden", text, code="FORBIDDEN")
        return self.finder.search(call.seller_id, call.query)

    def old_bulk(self, call: Call) -> Response:
        """``/items?ids=``, replaced by ``/items/bulk``: ``[{code, body}]``."""
        if self.shop.moment < OLD_BULK_ENDS:
            answer = self.bulk(call)
            rows = json.loads(answer.body)
            if answer.status == 200:
                rows = [
                    {"code": row["status_code"], "body": row["body"]} for row in rows
                ]
            return json_response(rows, answer.status)
        text = "This resource was replaced by /items/bulk"
        return error(410, "gone", text)

    def bulk(self, call: Call) -> Response:
        """Up to 20 items: ``[{id, status_code, body}]``."""
        ids = [one for one in call.query.get("ids", "").split(",") if one]
        if not 1 <= len(ids) <= MAX_BULK:
            text = f"ids must have between 1 and {MAX_BULK} values"
            return error(400, "bad_request", text)
        paths = [path.removeprefix("body.") for path in _body_paths(call.query)]
        rows = []
        for key in ids:
            try:
                body = select(self._read(call, key), paths)
                rows.append({"id": key, "status_code": 200, "body": body})
            except HttpError as refusal:
                wrong = json.loads(refusal.response.body)
                status = refusal.response.status
                rows.append({"id": key, "status_code": status, "body": wrong})
        return json_response(rows)

    def item(self, call: Call) -> Response:
        """One item."""
        body = self._read(call, call.params["id"])
        return json_response(select(body, paths_of(call.query)))

    def variations(self, call: Call) -> Response:
        """Variations of an item."""
        return json_response(self._read(call, call.params["id"])["variations"])

    def variation(self, call: Call) -> Response:
        """One variation of an item, with its attributes."""
        return json_response(self._variation(call, self._own(call)))

    def description(self, call: Call) -> Response:
        """The description of an item."""
        item = self._own(call)
        if item.description is None:
            text = f"Description of item {item.id} not found"
            return error(404, "not_found", text)
        return json_response(item.description)

    def _read(self, call: Call, item_id: str) -> Record:
        """An item as the caller may see it; a refusal if that is not at all."""
        shop = self.shop
        if item_id in shop.unreadable:
            status = shop.unreadable[item_id]
            raise HttpError(error(status, "unavailable", f"{item_id} is unavailable"))
        everything = call.query.get("include_attributes") == "all"
        item = shop.items.get(item_id)
        if shop.core.settings.foreign_items and item and not item.deleted:
            body = show(item, shop.moment, everything=everything)
            return body if item.seller_id == call.seller_id else show_others(body)
        own = shop.own(call.seller_id, item_id)
        return show(own, shop.moment, everything=everything)

    def _own(self, call: Call) -> Item:
        return self.shop.own(call.seller_id, call.params["id"])

    def _variation(self, call: Call, item: Item) -> Record:
        number = call.params["variation"]
        found = item.variation(number)
        if found is None:
            text = f"Variation {number} of item {item.id} not found"
            raise HttpError(error(404, "not_found", text))
        return found

    # Creating and changing

    def validate(self, call: Call) -> Response:
        """Whether an item would be accepted: 204, or its refusal."""
        Creation(self.shop, call.seller_id, call.body)
        return Response(204, b"")

    def create(self, call: Call) -> Response:
        """List an item; the answer has its warnings."""
        text = call.body.get("description")
        creation = Creation(self.shop, call.seller_id, call.body)
        if isinstance(text, dict):
            check_description(text)
        item = creation.make()
        if isinstance(text, dict):
            self._set_description(item, text["plain_text"])
        warnings = creation.draft.findings.warnings
        body = {**show(item, self.shop.moment, everything=True), "warnings": warnings}
        return json_response(body, 201)

    def update(self, call: Call) -> Response:
        """Change the told fields of an item."""
        item = Change(self.shop, self._own(call), call.body).run()
        return self._changed(item)

    def _changed(self, item: Item) -> Response:
        body = show(item, self.shop.moment, everything=True)
        item.body["warnings"] = []
        return json_response(body)

    def listing_type(self, call: Call) -> Response:
        """``{id}``: another kind of listing."""
        values = {"listing_type_id": call.body.get("id")}
        return self._changed(Change(self.shop, self._own(call), values).run())

    def add_variation(self, call: Call) -> Response:
        """Add a variation to an item of the former model."""
        change = Change(self.shop, self._own(call), {})
        told = {k: v for k, v in call.body.items() if k != "id"}
        change_variation(change, told)
        item = change.run()
        return json_response(item.variations, 201)

    def update_variation(self, call: Call) -> Response:
        """Change the told fields of one variation."""
        item = self._own(call)
        self._variation(call, item)
        change = Change(self.shop, item, {})
        change.check_open(call.body)
        told = {**call.body, "id": call.params["variation"]}
        changed = change_variation(change, told)
        change.run()
        return json_response(changed)

    def drop_variation(self, call: Call) -> Response:
        """Remove a variation."""
        item = self._own(call)
        self._variation(call, item)
        change = Change(self.shop, item, {})
        found = change.item.variation(call.params["variation"])
        assert found is not None
        if len(change.item.variations) == 1:
            raise not_modifiable("variations", "it is the last one")
        remove_variation(change, found)
        return json_response(change.run().variations)

    # Descriptions

    def describe(self, call: Call) -> Response:
        """The first description of an item."""
        item = self._own(call)
        check_description(call.body)
        if item.description is not None:
            findings = Findings()
            text = f"Item {item.id} already has a description"
            findings.add(
                400, "item.description.already_exists", text, "item.description"
            )
            raise invalid(findings.causes)
        self._set_description(item, call.body["plain_text"])
        return json_response(item.description, 201)

    def redescribe(self, call: Call) -> Response:
        """Another description of an item."""
        item = self._own(call)
        check_description(call.body)
        if item.description is None:
            text = f"Description of item {item.id} not found"
            return error(404, "not_found", text)
        self._set_description(item, call.body["plain_text"])
        return json_response(item.description)

    def _set_description(self, item: Item, text: str) -> None:
        now = stamp(self.shop.moment)
        created = (item.description or {}).get("date_created", now)
        item.description = {
            "text": "",
            "plain_text": text,
            "last_updated": now,
            "date_created": created,
            "snapshot": {"url": "", "width": 0, "height": 0, "status": ""},
        }
        self.shop.put(item)

    # Pictures

    def picture_size(self, request: Request) -> Record:
        """The size in pixels of the picture of an upload."""
        kind = request.headers.get("content-type", "")
        data = form_file(kind, request.body)
        if data is None:
            raise HttpError(error(400, "bad_request", "file is required"))
        if len(data) > MAX_BYTES:
            raise HttpError(error(400, "bad_request", "The file is larger than 10 MB"))
        size = image_size(data)
        if size is None:
            raise HttpError(error(400, "bad_request", "The file is not an image"))
        return {"width": size[0], "height": size[1]}

    def upload(self, call: Call) -> Response:
        """Keep a picture; the sizes it is served in."""
        site = self.shop.site(call.seller_id)
        picture = self.shop.add_picture(site, call.body["width"], call.body["height"])
        size = f"{picture['width']}x{picture['height']}"
        row = {"size": size, "url": picture["url"], "secure_url": picture["url"]}
        return json_response({"id": picture["id"], "variations": [row]}, 201)


def check_description(values: Record) -> None:
    """Refuse a description that is not plain text."""
    text = values.get("plain_text")
    if not isinstance(text, str):
        raise required_fields(["plain_text"])
    findings = Findings()
    if re.search(r"<\s*/?\s*[a-zA-Z][^>]*>", text):
        reason = "The description must be in plain text"
        findings.add(
            398, "item.description.type.invalid", reason, "item.description.plain_text"
        )
    if len(text) > 50_000:
        reason = "The description must have 50000 characters at most"
        findings.add(399, "item.description.max", reason, "item.description.plain_text")
    findings.check()


def _body_paths(query: dict[str, str]) -> list[str]:
    paths = paths_of(query)
    return [path for path in paths if path.startswith("body.")]
