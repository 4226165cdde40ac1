"""Calls to the MercadoLibre API that selling needs: items, categories, pictures, stock
and prices.

Source: developers.mercadolibre.com, "Items and searches", "Publish products", "User
Products", "Validator", "Working with pictures", "Categories and attributes",
"Multi-origin stock", "Prices" and "Listing fees".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from urllib3.filepost import encode_multipart_formdata

from odoo.addons.channel_base.lib.http import Response

from .causes import read_refusal
from .client import MercadoLibreClient, segment

MAX_IDS = 20  # items of one bulk reading
MAX_IDS_PAGE = 100  # ids of one page of a search
MAX_OFFSET = 1000  # beyond it a search has to scan


class ItemsClient(MercadoLibreClient):
    """The API of one seller's listings. Errors as in :class:`MercadoLibreClient`; what
    is refused of what is written see :func:`.causes.read_refusal`."""

    def _refusal(self, method: str, path: str, got: Response) -> Exception:
        said = self._quote(method, path, got)
        known = method != "GET" and read_refusal(got.status, got.raw, said)
        return known or super()._refusal(method, path, got)

    def search_items(self, seller_id: str, **params: Any) -> Response:
        """Ids of the seller's items: ``{results: [id …], paging, scroll_id}``.

        :param params: filters (``seller_sku``, ``status``, ``user_product_id`` …),
            ``limit`` and ``offset``, or ``search_type="scan"`` and ``scroll_id``
        """
        return self.get(f"/users/{segment(seller_id)}/items/search", params=params)

    def bulk_items(self, ids: Iterable[str], fields: Iterable[str] = ()) -> Response:
        """At most :data:`MAX_IDS` items: ``[{id, status_code, body}]``.

        :param fields: of the items; all when none is named
        """
        params = {"ids": ",".join(segment(one) for one in ids)}
        names = [f"body.{field}" for field in fields]
        if names:
            params["attributes"] = ",".join(["id", "status_code", *names])
        else:
            params["include_attributes"] = "all"
        return self.get("/items/bulk", params=params)

    def item(self, item_id: str) -> Response:
        """One item with the attributes of its variations."""
        params = {"include_attributes": "all"}
        return self.get(f"/items/{segment(item_id)}", params=params)

    def migration(self, item_id: str) -> Response:
        """What an item of the former kind was migrated to: ``{migration_completed,
        activation_completed, new_items: [{new_item_id, variation_id,
        migration_status}]}``; 404 when it was not."""
        return self.get(f"/items/{segment(item_id)}/migration_live_listing")

    def validate_item(self, body: Mapping[str, Any]) -> Response:
        """Whether an item would be accepted: 204, or the refusal of its creation."""
        return self.request("POST", "/items/validate", body=body)

    def create_item(
        self, body: Mapping[str, Any], multi_origin: bool = False
    ) -> Response:
        """Publish an item.

        :param multi_origin: its stock is told by warehouse (``stock_locations``)
        """
        path = "/items/multiwarehouse" if multi_origin else "/items"
        return self.request("POST", path, body=body)

    def update_item(self, item_id: str, body: Mapping[str, Any]) -> Response:
        """Change fields of an item; those that are absent stay."""
        return self.request("PUT", f"/items/{segment(item_id)}", body=body)

    def update_variation(
        self, item_id: str, variation_id: str, body: Mapping[str, Any]
    ) -> Response:
        """Change fields of one variation of an item of the former kind."""
        path = f"/items/{segment(item_id)}/variations/{segment(variation_id)}"
        return self.request("PUT", path, body=body)

    def description(self, item_id: str) -> Response:
        """``{plain_text}``; 404 without one."""
        return self.get(f"/items/{segment(item_id)}/description")

    def create_description(self, item_id: str, text: str) -> Response:
        """Give an item its first description."""
        path = f"/items/{segment(item_id)}/description"
        return self.request("POST", path, body={"plain_text": text})

    def update_description(self, item_id: str, text: str) -> Response:
        """Change an item's description."""
        path = f"/items/{segment(item_id)}/description"
        params = {"api_version": 2}
        return self.request("PUT", path, params=params, body={"plain_text": text})

    def upload_picture(self, name: str, mimetype: str, data: bytes) -> Response:
        """Keep a picture there: ``{id, variations: [{size, url}]}``."""
        form, kind = encode_multipart_formdata({"file": (name, data, mimetype)})
        headers = {"Content-Type": kind}
        return self.request(
            "POST", "/pictures/items/upload", form=form, headers=headers
        )

    def suggest_categories(self, site_id: str, title: str) -> Response:
        """The likeliest categories of a title: ``[{domain_id, domain_name,
        category_id, category_name, attributes}]``, the best first."""
        path = f"/sites/{segment(site_id)}/domain_discovery/search"
        return self.get(path, params={"q": title, "limit": 8})

    def category(self, category_id: str) -> Response:
        """``{id, name, path_from_root, children_categories, settings}``."""
        return self.get(f"/categories/{segment(category_id)}")

    def category_attributes(self, category_id: str) -> Response:
        """``[{id, name, tags, value_type, value_max_length, values, hierarchy}]``."""
        return self.get(f"/categories/{segment(category_id)}/attributes")

    def category_sale_terms(self, category_id: str) -> Response:
        """Terms of sale of a category, in the shape of its attributes."""
        return self.get(f"/categories/{segment(category_id)}/sale_terms")

    def search_charts(self, body: Mapping[str, Any]) -> Response:
        """Size charts of a seller and domain: ``{charts: [{id, names, rows}]}``."""
        return self.request("POST", "/catalog/charts/search", body=body)

    def stores(self, seller_id: str, offset: int = 0) -> Response:
        """Warehouses of an account that has several: ``{paging, results: [{id,
        description, status, location, network_node_id}]}``."""
        params = {"tags": "stock_location", "offset": offset}
        return self.get(f"/users/{segment(seller_id)}/stores/search", params=params)

    def user_product_stock(self, user_product_id: str) -> Response:
        """``{id, locations: [{type, quantity, network_node_id, store_id}]}``; the
        header ``x-version`` has to be given back when it is written."""
        return self.get(f"/user-products/{segment(user_product_id)}/stock")

    def update_stock(
        self, user_product_id: str, place: str, body: Mapping[str, Any], version: str
    ) -> Response:
        """Write the stock of one type of places.

        :param place: ``selling_address`` or ``seller_warehouse``
        :param version: of what was read; 409 when it is not the last one
        """
        path = f"/user-products/{segment(user_product_id)}/stock/type/{place}"
        return self.request("PUT", path, body=body, headers={"x-version": version})

    def prices(self, item_id: str) -> Response:
        """``{prices: [{id, type, amount, regular_amount, currency_id …}]}``"""
        return self.get(f"/items/{segment(item_id)}/prices")

    def sale_price(self, item_id: str) -> Response:
        """What buyers of the marketplace pay: ``{amount, regular_amount, metadata}``"""
        params = {"context": "channel_marketplace"}
        return self.get(f"/items/{segment(item_id)}/sale_price", params=params)

    def price_automation(self, item_id: str) -> Response:
        """The automation that sets an item's price; 404 without one."""
        path = f"/pricing-automation/items/{segment(item_id)}/automation"
        return self.get(path)

    def listing_prices(self, site_id: str, **params: Any) -> Response:
        """What selling costs at a price: ``{listing_type_id, sale_fee_amount,
        sale_fee_details}``, or a list of them by type.

        :param params: ``price``, ``category_id``, ``listing_type_id`` …
        """
        return self.get(f"/sites/{segment(site_id)}/listing_prices", params=params)
