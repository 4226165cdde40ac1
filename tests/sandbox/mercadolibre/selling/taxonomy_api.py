"""Calls about categories, their attributes and size charts.

Source: MercadoLibre developers, Categories and attributes, Size charts.
"""

from __future__ import annotations

from typing import Any

from ...http import HttpError, Response, json_response
from ..catalogue import CURRENCY
from ..errors import error
from .bodies import are_objects
from .calls import Call, Calls
from .causes import invalid_types
from .shop import Shop
from .taxonomy import Category

Record = dict[str, Any]


class TaxonomyApi:
    """Handlers of ``/categories``, ``/sites/{site}/…`` and ``/catalog/charts``."""

    def __init__(self, shop: Shop, calls: Calls) -> None:
        self.shop = shop
        self.taxonomy = shop.taxonomy
        category = "/categories/{id}"
        for path, handler in (
            ("/sites/{site}/categories", self.roots),
            ("/sites/{site}/domain_discovery/search", self.suggest),
            ("/sites/{site}/listing_types", self.listing_types),
            (category, self.category),
            (f"{category}/attributes", self.attributes),
            (f"{category}/sale_terms", self.sale_terms),
            ("/catalog/charts/{id}", self.chart),
        ):
            calls.read("GET", path, handler)
        calls.read("POST", f"{category}/attributes/conditional", self.conditional)
        calls.read("POST", "/catalog/charts/search", self.search_charts)
        calls.control("charts", self.add_chart)

    def _category(self, call: Call) -> Category:
        found = self.taxonomy.categories.get(call.params["id"])
        if found is None:
            text = f"Category not found: {call.params['id']}"
            raise HttpError(error(404, "not_found", text))
        return found

    def _site(self, call: Call) -> str:
        return check_site(call.params["site"])

    def roots(self, call: Call) -> Response:
        """The categories at the top of a site."""
        return json_response(self.taxonomy.roots(self._site(call)))

    def suggest(self, call: Call) -> Response:
        """Categories that suit a title."""
        text, limit = call.query.get("q", ""), call.query.get("limit", "4")
        if not text.strip():
            return error(400, "bad_request", "q is required")
        if not limit.isdigit() or not 1 <= int(limit) <= 8:
            return error(400, "bad_request", "limit must be between 1 and 8")
        return json_response(self.taxonomy.suggest(self._site(call), text, int(limit)))

    def listing_types(self, call: Call) -> Response:
        """Kinds of listings of a site."""
        names = {"gold_pro": "Premium", "gold_special": "Clásica", "free": "Gratuita"}
        site = self._site(call)
        if site == "MLB":
            names.update(gold_special="Clássico", free="Grátis")
        rows = [{"site_id": site, "id": key, "name": n} for key, n in names.items()]
        return json_response(rows)

    def category(self, call: Call) -> Response:
        """One category."""
        return json_response(self.taxonomy.describe(self._category(call)))

    def attributes(self, call: Call) -> Response:
        """Attributes of a category."""
        category = self._category(call)
        site = category.id[:3]
        rows = [one.describe(site) for one in category.attributes.values()]
        return json_response(rows)

    def sale_terms(self, call: Call) -> Response:
        """Terms of sale of a category."""
        return json_response(self.taxonomy.sale_terms(self._category(call).id[:3]))

    def conditional(self, call: Call) -> Response:
        """Attributes that an item of this body needs beyond the required ones."""
        category = self._category(call)
        if not are_objects(call.body.get("attributes")):
            raise invalid_types(["[attributes] expected: Array of Object"])
        told = {
            str(one.get("id"))
            for one in call.body.get("attributes") or []
            if one.get("value_name") or one.get("value_id")
        }
        rows = [
            one.describe(category.id[:3])
            for one in category.attributes.values()
            if "conditional_required" in one.tags and "EMPTY_GTIN_REASON" not in told
        ]
        return json_response({"required_attributes": rows})

    def chart(self, call: Call) -> Response:
        """One size chart."""
        found = self.taxonomy.charts.get(call.params["id"])
        if found is None:
            return error(404, "not_found", "Chart not found")
        return json_response(found)

    def search_charts(self, call: Call) -> Response:
        """Size charts of a seller for a domain and, maybe, a gender or brand."""
        body = call.body
        for name in ("domain_id", "site_id", "seller_id"):
            if not body.get(name):
                return error(400, "bad_request", f"{name} is required")
        domain = str(body["domain_id"]).removeprefix(f"{body['site_id']}-")
        told = body.get("attributes")
        values = [one.get("values") for one in told or []] if are_objects(told) else [1]
        if not all(are_objects(rows) for rows in values):
            raise invalid_types(["[attributes] expected: Array of Object"])
        wanted = {
            str(one.get("id")): {str(v.get("name")) for v in one.get("values") or []}
            for one in told or []
        }
        rows = []
        for chart in self.taxonomy.charts.values():
            facts = {
                one["id"]: {v["name"] for v in one["values"]}
                for one in chart["attributes"]
            }
            if (
                chart["domain_id"] == domain
                and chart["site_id"] == body["site_id"]
                and str(chart["seller_id"]) == str(body["seller_id"])
                and all(facts[k] & v for k, v in wanted.items() if k in facts)
            ):
                rows.append(chart)
        paging = {"total": len(rows), "limit": 50, "offset": 0}
        return json_response({"paging": paging, "charts": rows})

    def add_chart(self, _params: dict[str, str], values: Record) -> Record:
        """``{seller_id, domain_id, name?, gender?, sizes?, brand?}``."""
        seller = self.shop.core.seller(values.get("seller_id"))
        return self.taxonomy.add_chart(seller.id, seller.site_id, values)


def check_site(site: str) -> str:
    """A site that is served; a refusal of any other."""
    if site not in CURRENCY:
        raise HttpError(error(404, "not_found", f"Site {site} not found"))
    return site
