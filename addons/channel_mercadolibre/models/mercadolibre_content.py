from odoo import api, models

from odoo.addons.channel_catalog.lib.price import Problem

from ..lib import form
from ..lib.attributes import tell

# Names of attributes that are shown with a problem
LABEL_LIMIT = 8


class MercadolibreContent(models.AbstractModel):
    """What only MercadoLibre asks for: added to contents of listings, and checked."""

    _name = "mercadolibre.content"
    _description = "Content of Listings on MercadoLibre"

    @api.model
    def _complete(self, channel, listings, contents):
        """See ``sale.channel.provider._complete_listing_contents``."""
        service = self.env["mercadolibre.attributes"]
        categories = service._get_categories(channel, listings)
        base = self._get_all(channel, listings, contents)
        lines = service._get_lines(channel, listings, base, categories)
        shipping = channel._get_mercadolibre_shipping()
        names = self._get_names(channel, listings)
        for listing in listings:
            content, category = contents[listing.id], categories[listing.id]
            # Nothing can be made without them, whatever is written there later on.
            new = {"title", "category", "brand"} if not listing.external_id else ()
            self._add_lines(content, lines[listing.id], new)
            if "category" in content or "category" in new:
                content["category"] = category.code
            if not content.get("category"):
                content.pop("category", None)
            if "title" in new:
                content.setdefault("title", base[listing.id].get("title"))
            if "title" in content:
                content["family"] = names[listing.id]
            if category and content.get("images"):
                limit = category.max_pictures or len(content["images"])
                content["images"] = content["images"][:limit]
            content["listing_type"] = listing.listing_type.partition("+")[0]
            if shipping:
                content["shipping"] = dict(shipping)

    @api.model
    def _get_all(self, channel, listings, contents):
        """The fields that attributes have as well, sent or not."""
        base = self.env["mercadolibre.attributes"]._get_base(channel, listings)
        return {id_: {**base[id_], **contents.get(id_, {})} for id_ in base}

    @api.model
    def _add_lines(self, content, lines, new):
        """What the attributes of a listing say."""
        found = list(lines.values())
        for code, name in form.OWN.items():
            line = lines.get(code)
            if line and line.value and (name in content or name in new):
                content[name] = tell(line.value)
        for name, values in (
            ("attributes", form.get_attributes(found)),
            ("sale_terms", form.get_terms(found)),
        ):
            if values:
                content[name] = values
        condition = lines.get(form.CONDITION)
        if condition and condition.value:
            code = condition.value.get("value_id")
            if code in form.CONDITIONS:
                content["condition"] = form.CONDITIONS[code]

    @api.model
    def _get_names(self, channel, listings):
        """The product's name without its variant: dict id of the listing → text."""
        service = self.env["sale.channel.content"]
        products = service._localise(channel, listings.product_id)
        names = service._read_families(channel, products)
        return {listing.id: names[listing.product_id.id] for listing in listings}

    @api.model
    def _check(self, channel, listings, contents):
        """See ``sale.channel.provider._check_listing_contents``.

        What is there already is kept up to date as far as it can be: only what is made
        anew has to be complete.
        """
        service = self.env["mercadolibre.attributes"]
        categories = service._get_categories(channel, listings)
        base = self._get_all(channel, listings, contents)
        lines = service._get_lines(channel, listings, base, categories)
        new = listings.filtered(lambda listing: not listing.external_id)
        cheap = self._check_prices(channel, new, categories)
        found = {}
        for listing in listings:
            category, content = categories[listing.id], contents[listing.id]
            told = lines[listing.id]
            problem = None
            if listing in new:
                problem = (
                    self._check_category(channel, listing, category)
                    or self._check_lines(told)
                    or self._check_lacking(told)
                    or self._check_pictures(content)
                    or cheap.get(listing.id)
                )
            if "attributes" not in (listing.kept_fields or ()):
                problem = problem or self._check_lines(told)
            problem = problem or self._check_title(channel, content, category)
            if problem:
                found[listing.id] = problem
        return found

    @api.model
    def _check_category(self, channel, listing, category):
        if not category:
            codes = self.env["mercadolibre.attributes"]._get_codes(channel, listing)
            if code := codes.get(listing.id):
                return "meli_category_unread", {"category": code}
            return "meli_category_missing", {}
        if category.problem_code:
            return "meli_category_gone", {"category": category.path}
        if not category.read_at:
            return "meli_category_unread", {"category": category.path}
        if not category.leaf:
            return "meli_category_parent", {"category": category.path}
        if not category.listing_allowed:
            return "meli_category_ended", {"category": category.path}
        return None

    @api.model
    def _check_lacking(self, lines):
        names = form.get_lacking(lines)
        if not names:
            return None
        shown = ", ".join(names[:LABEL_LIMIT])
        if len(names) > LABEL_LIMIT:
            shown += " …"
        return "meli_attributes_missing", {"attributes": shown}

    @api.model
    def _check_lines(self, lines):
        """The first value that cannot be sent."""
        for line in lines.values():
            if line.blocks:
                return line.problem.code, dict(line.problem.params)
        return None

    @api.model
    def _check_pictures(self, content):
        if "images" in content and not content["images"]:
            label = self.env["sale.channel.catalog"]._get_label("images")
            return "catalog_missing", {"field": label}
        return None

    @api.model
    def _check_title(self, channel, content, category):
        """Its length; an account with user products sends the family's name."""
        name = "family" if channel.mercadolibre_user_products else "title"
        text = content.get(name)
        limit = category.max_title_length
        if not text or not limit or len(text) <= limit:
            return None
        label = self.env["sale.channel.catalog"]._get_label("title")
        params = {"field": label, "length": str(len(text)), "limit": str(limit)}
        return "catalog_too_long", params

    @api.model
    def _check_prices(self, channel, listings, categories):
        """Prices below what a category takes: dict id of the listing → problem."""
        listings = listings.filtered(
            lambda listing: categories[listing.id].minimum_price
        )
        if not listings:
            return {}
        prices = self.env["sale.channel.price"]._get_prices(channel, listings)
        found = {}
        for listing, price in prices.items():
            minimum = categories[listing.id].minimum_price
            if isinstance(price, Problem):
                found[listing.id] = price.code, dict(price.params)
            elif float(price.amount) < minimum:
                params = {"price": str(price.amount), "minimum": f"{minimum:g}"}
                found[listing.id] = "meli_price_minimum", params
        return found
