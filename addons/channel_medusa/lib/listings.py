"""Products and variants of a shop: the writer, and the reader of the whole catalogue.

Source: docs.medusajs.com, "Admin API reference", products, variants and uploads;
measured on the server 2.18.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from odoo.addons.channel_base.lib.errors import ChannelError, Rejected
from odoo.addons.channel_base.lib.reader import (
    mapping,
    optional_decimal,
    raw_key,
    required_identifier,
    sequence,
    word,
)
from odoo.addons.channel_base.lib.text import clean, exact
from odoo.addons.channel_catalog.lib.images import ImageStore
from odoo.addons.channel_catalog.lib.remote import RemoteListing, RemotePage
from odoo.addons.channel_outgoing.lib.kind import Content
from odoo.addons.channel_outgoing.lib.writer import (
    Answer,
    Found,
    Record,
    Target,
    Written,
    each,
)

from . import product as words
from .client import MAX_PAGE, MedusaClient, segment
from .product import PRODUCT_FIELDS, VARIANT_FIELDS

CATALOG_FIELDS = ",".join(
    (
        PRODUCT_FIELDS,
        "*variants,*variants.options,*variants.options.option,*variants.prices",
        "*variants.inventory_items",
    )
)

Block = Mapping[str, Any]


class MedusaListings:
    """The writer of products and listings.

    :param images: pictures by checksum; what the shop calls one is its address
    :param fields: of the contents that are sent; others are not compared
    :param sales_channel: the shop's sales channel that products are linked to, or ""
    """

    def __init__(
        self,
        client: MedusaClient,
        images: ImageStore | None,
        fields: Iterable[str],
        sales_channel: str = "",
    ):
        self.client = client
        self.images = images
        self.fields = frozenset(fields)
        self.sales_channel = sales_channel
        self._profile: str | None = None

    def take_calls(self) -> int:
        """API calls made since this was last asked."""
        return self.client.take_calls()

    def find(self, kind: str, targets: Sequence[Target]) -> Mapping[str, Found]:
        """What the shop has. A product whose creation was not recorded is found by our
        reference; of a variant only :meth:`put` can tell, by its SKU."""
        ids = [target.external_id for target in targets if target.external_id]
        rows = {_id(row): row for row in self._read(kind, ids)}
        found = {
            target.reference: self._found(kind, rows[target.external_id])
            for target in targets
            if target.external_id in rows
        }
        if kind == "product":
            new = [target.reference for target in targets if not target.external_id]
            for row in self._read(kind, new, by="external_id"):
                if words.reference_of(row) in new:
                    found[words.reference_of(row)] = self._found(kind, row)
        return found

    def _read(self, kind: str, ids: Iterable[str], by: str = "id") -> list[Any]:
        if kind == "product":
            path, key, fields = "/admin/products", "products", PRODUCT_FIELDS
        else:
            path, key, fields = "/admin/product-variants", "variants", VARIANT_FIELDS
        return self.client.read_some(path, key, ids, by=by, fields=fields)

    def _found(self, kind: str, row: Block) -> Found:
        if kind == "product":
            content = words.read_product(row, self.sales_channel)
        else:
            content = words.read_variant(row)
        sent = {key: value for key, value in content.items() if key in self.fields}
        return Found(_id(row), sent, _details(kind, row))

    def put(self, kind: str, records: Sequence[Record]) -> Mapping[str, Answer]:
        """Create or change records one by one: a batch there is all or nothing."""
        if kind == "product":
            return each(records, self._put_product)
        known = self._read_variants(records)
        answers = each(records, lambda t, c: self._put_variant(t, c, known))
        return self._add_details(answers)

    def delete(
        self, kind: str, targets: Sequence[Target]
    ) -> Mapping[str, ChannelError]:
        """Nothing is deleted in a shop: what is not offered any more is hidden."""
        return {target.reference: Rejected("not_deleted") for target in targets}

    def _put_product(self, target: Target, content: Content) -> Answer:
        urls = self._upload(content)
        if target.external_id is None:
            return self._create_product(target, content, urls)
        # Pictures are replaced as a whole: uploading takes long, and somebody may have
        # added one meanwhile.
        rows = self._read("product", [target.external_id])
        if not rows:
            return Rejected("not_found")
        there = rows[0]
        path = f"/admin/products/{segment(target.external_id)}"
        options = words.missing_options(content, there)
        if options:
            self.client.post(f"{path}/options/batch", options)
        body = words.write_product(content, urls, there)
        body["metadata"][words.REFERENCE] = target.reference
        if body.get("status") == "published" and self._is_unlinked(there):
            place = f"/admin/sales-channels/{segment(self.sales_channel)}/products"
            self.client.post(place, {"add": [target.external_id]})
        self.client.post(path, body)
        return target.external_id

    def _create_product(
        self, target: Target, content: Content, urls: Mapping[str, str]
    ) -> str:
        body = words.write_product(content, urls, {})
        title = str(content.get("title") or target.reference)
        body["metadata"][words.REFERENCE] = target.reference
        body.update(
            title=title,
            handle=words.handle(title, target.reference),
            external_id=target.reference,
            options=words.new_options(content),
        )
        body.setdefault("status", "draft")
        if self.sales_channel:
            body["sales_channels"] = [{"id": self.sales_channel}]
        if profile := self._get_profile():
            body["shipping_profile_id"] = profile
        answer = self.client.post("/admin/products", body)
        return _id(mapping(answer.get("product"), "product"))

    def _is_unlinked(self, there: Block) -> bool:
        channels = {_id(one) for one in _blocks(there, "sales_channels")}
        return bool(self.sales_channel) and self.sales_channel not in channels

    def _get_profile(self) -> str:
        """The shipping profile of what is made: without one it cannot be shipped."""
        if self._profile is None:
            rows = self.client.read_all(
                "/admin/shipping-profiles", "shipping_profiles", fields="id,type"
            )
            rows.sort(key=lambda row: row.get("type") != "default")
            self._profile = _id(rows[0]) if rows else ""
        return self._profile

    def _read_variants(self, records: Sequence[Record]) -> dict[str, Block]:
        """What is there, by id, and by SKU where the id is not known."""
        ids = [target.external_id for target, _content in records if target.external_id]
        skus = [
            str(content["sku"])
            for target, content in records
            if not target.external_id and content.get("sku")
        ]
        known = {_id(row): row for row in self._read("listing", ids)}
        for row in self._read("listing", skus, by="sku"):
            known[f"sku:{raw_key(row.get('sku'), 'sku')}"] = row
        return known

    def _put_variant(
        self, target: Target, content: Content, known: Mapping[str, Block]
    ) -> Answer:
        there = known.get(target.external_id or f"sku:{content.get('sku')}", {})
        if target.external_id and not there:
            return Rejected("not_found")
        if not target.external_id and there:
            if words.reference_of(there) != target.reference:
                return Rejected("sku_taken", "sku", sku=str(content["sku"]))
        product = str(content.get("product") or there.get("product_id") or "")
        body = words.write_variant(content, self._upload(content), there)
        body["metadata"][words.REFERENCE] = target.reference
        path = f"/admin/products/{segment(product)}/variants"
        if not there and not content.get("sku"):
            there = self._find_ours(path, target)
        if there:
            self.client.post(f"{path}/{_id(there)}", body)
            return _id(there)
        body.setdefault("title", str(content.get("sku") or target.reference))
        body.setdefault("options", {words.NO_OPTION: words.NO_VALUE})
        # Stock is counted and nothing is sold beyond it, whatever the shop's defaults.
        body.update(prices=[], manage_inventory=True, allow_backorder=False)
        try:
            answer = self.client.post(path, body)
        except Rejected:
            # Its options may be taken by itself: a creation that was not recorded.
            if ours := self._find_ours(path, target):
                return _id(ours)
            raise
        variants = _blocks(mapping(answer.get("product"), "product"), "variants")
        for variant in variants:
            if words.reference_of(variant) == target.reference:
                return _id(variant)
        raise Rejected("payload_invalid", "product.variants")

    def _find_ours(self, path: str, target: Target) -> Block:
        """A product's variant with our reference; empty if it has none."""
        for row in self.client.read_all(path, "variants", fields=VARIANT_FIELDS):
            if words.reference_of(row) == target.reference:
                return row
        return {}

    def _add_details(self, answers: dict[str, Answer]) -> dict[str, Answer]:
        ids = [answer for answer in answers.values() if isinstance(answer, str)]
        rows = {_id(row): row for row in self._read("listing", ids)}
        return {
            reference: Written(answer, _details("listing", rows[answer]))
            if isinstance(answer, str) and answer in rows
            else answer
            for reference, answer in answers.items()
        }

    def _upload(self, content: Content) -> dict[str, str]:
        """The addresses of the content's pictures; none is uploaded twice."""
        urls: dict[str, str] = {}
        for checksum in content.get("images") or ():
            url = self.images and self.images.get(checksum)
            urls[checksum] = url or self._upload_one(checksum)
        return {checksum: url for checksum, url in urls.items() if url}

    def _upload_one(self, checksum: str) -> str:
        image = self.images and self.images.load(checksum)
        if not image or not self.images:
            return ""
        answer = self.client.upload(image.name, image.mimetype, image.data)
        files = _blocks(answer, "files")
        url = exact(files[0].get("url"), 2000) if files else ""
        if url:
            self.images.note(checksum, url)
        return url


class MedusaCatalog:
    """Reads all variants of a shop.

    :param currency: ISO code of the prices that are told
    """

    def __init__(self, client: MedusaClient, currency: str, sales_channel: str = ""):
        self.client = client
        self.currency = currency.lower()
        self.sales_channel = sales_channel
        self._size = MAX_PAGE

    def take_calls(self) -> int:
        """API calls made since this was last asked."""
        return self.client.take_calls()

    def read_page(self, cursor: Any, limit: int) -> RemotePage:
        """A page of products with their variants, the oldest first.

        A page that is too large is read in parts; a product that cannot be read holds
        no other.
        """
        offset = cursor if isinstance(cursor, int) else 0
        size = max(1, min(limit, self._size))
        while True:
            try:
                rows = self._read_page(offset, size)
                break
            except Rejected as error:
                if error.code != "response_too_large":
                    raise
                if size == 1:
                    return RemotePage((), offset + 1, failed=1)
                size = self._size = size // 2
        found, unread = self._listings(rows)
        following = offset + size if len(rows) == size else None
        return RemotePage(tuple(found), following, len(unread), tuple(unread))

    def _read_page(self, offset: int, size: int) -> list[dict[str, Any]]:
        return self.client.read_list(
            "/admin/products",
            "products",
            fields=CATALOG_FIELDS,
            order="id",
            limit=size,
            offset=offset,
        )

    def read_some(self, external_ids: Iterable[str]) -> RemotePage:
        """Some variants that are looked at again."""
        wanted = set(external_ids)
        rows = self.client.read_some(
            "/admin/product-variants", "variants", wanted, fields="id,product_id"
        )
        products = {raw_key(row.get("product_id"), "product_id") for row in rows}
        found, unread = self._listings(self._read_products(sorted(products - {""})))
        there = {one.product_id for one in found}
        # What was deleted meanwhile is seen the next time.
        unread += [one for one in products - there if one and one not in unread]
        listings = tuple(one for one in found if one.external_id in wanted)
        return RemotePage(listings, None, len(unread), tuple(unread))

    def _read_products(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Products by id, without those that are too large."""
        try:
            return self.client.read_some(
                "/admin/products", "products", ids, fields=CATALOG_FIELDS
            )
        except Rejected as error:
            if error.code != "response_too_large":
                raise
        if len(ids) == 1:
            return []
        half = len(ids) // 2
        return self._read_products(ids[:half]) + self._read_products(ids[half:])

    def _listings(
        self, products: Iterable[Block]
    ) -> tuple[list[RemoteListing], list[str]]:
        """The variants of products, and ids of products that cannot be read."""
        found: list[RemoteListing] = []
        unread: list[str] = []
        for product in products:
            try:
                variants = _blocks(product, "variants")
                found += [self._listing(product, one) for one in variants]
            except Rejected:
                unread.append(raw_key(product.get("id"), "id"))
        return found, unread

    def _listing(self, product: Block, variant: Block) -> RemoteListing:
        content = words.read_variant({**variant, "product": product})
        content["product"] = _id(product)
        return RemoteListing(
            external_id=_id(variant),
            title=_title(product, variant),
            product_id=_id(product),
            stock_id=words.stock_id(variant),
            sku=raw_key(variant.get("sku"), "sku"),
            barcode=raw_key(variant.get("barcode") or variant.get("ean"), "barcode"),
            options=words.read_choices(variant),
            price=self._price(variant),
            currency=self.currency.upper(),
            status=word(product.get("status"), "status"),
            content=content,
            product_content=words.read_product(product, self.sales_channel),
        )

    def _price(self, variant: Block) -> Decimal | None:
        for price in _blocks(variant, "prices"):
            if price.get("currency_code") == self.currency and not price.get("rules"):
                return optional_decimal(price.get("amount"), "prices.amount")
        return None


def _id(row: Block) -> str:
    return required_identifier(row.get("id"), "id")


def _blocks(parent: Block, name: str) -> list[Block]:
    rows = sequence(parent.get(name), name, limit=2000)
    return [mapping(row, f"{name}[{index}]") for index, row in enumerate(rows)]


def _details(kind: str, row: Block) -> dict[str, str]:
    """What else the shop calls a record."""
    if kind == "product":
        return {}
    product = mapping(row.get("product"), "product")
    return {
        "stock_id": words.stock_id(row),
        "status": word(product.get("status"), "status"),
    }


def _title(product: Block, variant: Block) -> str:
    title = clean(product.get("title"))
    choices = ", ".join(words.read_choices(variant).values())
    return f"{title} ({choices})" if choices else title
