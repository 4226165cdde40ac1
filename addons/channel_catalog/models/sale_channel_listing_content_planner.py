from odoo import api, models
from odoo.fields import Domain

from odoo.addons.channel_outgoing.lib.content import Wanted
from odoo.addons.channel_outgoing.lib.part import Part

from ..lib.reasons import is_expected

PAGE = 1000
# What of changed records is looked for: scope → field of a product's template
OF_TEMPLATES = {
    "product.brand": "product_brand_id",
    "product.category": "categ_id",
}
OF_VARIANTS = "product_template_attribute_value_ids"
OF_VALUES = {
    "product.attribute": "attribute_id",
    "product.attribute.value": "product_attribute_value_id",
}


class SaleChannelListingContentPlanner(models.AbstractModel):
    """Finds what a channel shall show; makes the listings of products that shall be
    there."""

    _name = "sale.channel.listing.content.planner"
    _inherit = "sale.channel.outgoing.planner"
    _description = "Plan: What a channel shall show of products and listings"

    _outgoing_model = "sale.channel.listing.content"
    _outgoing_scopes = frozenset(
        {
            "product.product",
            "product.template",
            "sale.channel.listing",
            "sale.channel.mapping",
            *OF_TEMPLATES,
            *OF_VALUES,
        }
    )

    @api.model
    def _get_parts(self):
        return (
            # Nothing goes out of it: products get their listings.
            Part("catalog", (), page=PAGE),
            Part("products", ("product",), page=PAGE),
            Part("listings", ("listing",), page=PAGE),
        )

    # What there is

    @api.model
    def _get_ids(self, channel, part, last):
        if part.name == "catalog":
            domain = self._get_candidates(channel)
            records = self.env["product.product"]
        else:
            domain = Domain("channel_id", "=", channel.id)
            records = self.env[
                "sale.channel.product"
                if part.name == "products"
                else "sale.channel.listing"
            ]
        page = domain & Domain("id", ">", last)
        return records.search(page, order="id", limit=part.page).ids

    @api.model
    def _get_candidates(self, channel):
        """A domain of products that may get a listing, so that no others are read."""
        shown = Domain("channel_variant_show", "=", "yes")
        product = Domain("channel_show", "=", "yes")
        if channel.catalog_show:
            product |= Domain("channel_show", "=", "default")
        shown |= Domain("channel_variant_show", "=", "default") & product
        return (
            shown
            & Domain("active", "=", True)
            & Domain("sale_ok", "=", True)
            & Domain("type", "=", "consu")
            & Domain("company_id", "in", [False, channel.company_id.id])
        )

    @api.model
    def _prepare(self, channel, part, ids):
        if part.name != "catalog":
            return {}
        catalog = self.sudo().with_company(channel.company_id)
        products = catalog._get_products(ids)
        made = catalog.env["sale.channel.catalog"]._ensure_listings(channel, products)
        return {"products": made.channel_product_id.ids, "listings": made.ids}

    @api.model
    def _get_skipped(self, channel, part, ids):
        if part.name != "catalog":
            return []
        products = self._get_products(ids)
        obstacles = self.env["sale.channel.catalog"]._get_obstacles(channel, products)
        return [
            (product.with_env(self.env).display_name, product.id, code, params)
            for product, found in obstacles.items()
            if is_expected(found)
            for code, params in found
        ]

    @api.model
    def _get_products(self, ids):
        """Those that are still there."""
        products = self.env["product.product"].with_context(active_test=False)
        return products.search([("id", "in", list(ids))])

    # What the channel shall have

    @api.model
    def _get_wanted(self, channel, part, ids):
        if part.name == "products":
            return self._get_wanted_products(channel, ids)
        if part.name == "listings":
            return self._get_wanted_listings(channel, ids)
        return {}

    @api.model
    def _get_wanted_products(self, channel, ids):
        groups = self.env["sale.channel.product"].search(
            [("channel_id", "=", channel.id), ("id", "in", ids)]
        )
        catalog = self.env["sale.channel.catalog"]
        sent, offered = catalog._get_sent(channel, groups.listing_ids)
        # What was there before is not overwritten while one part of it is not approved.
        groups = groups.filtered(
            lambda group: (
                all(group.listing_ids.mapped("approved"))
                and not all(group.listing_ids.mapped("missing_since"))
                and (group.external_id or group.listing_ids & sent)
            )
        )
        contents = self.env["sale.channel.content"]._get_product_contents(
            channel, groups, offered
        )
        return {
            ("product", group.id): Wanted(
                group.product_tmpl_id.display_name,
                contents[group.id],
                group.external_id or None,
            )
            for group in groups
        }

    @api.model
    def _get_wanted_listings(self, channel, ids):
        listings = self.env["sale.channel.listing"].search(
            [("channel_id", "=", channel.id), ("id", "in", ids)]
        )
        catalog = self.env["sale.channel.catalog"]
        sent, offered = catalog._get_sent(channel, listings)
        contents = self.env["sale.channel.content"]._get_listing_contents(
            channel, sent, offered
        )
        return {
            ("listing", listing.id): Wanted(
                listing.display_name, contents[listing.id], listing.external_id or None
            )
            for listing in sent
        }

    # Changes

    @api.model
    def _expand(self, channel, taken):
        """All listings of the templates that changed products belong to: one variant
        more or less changes the options of the others."""
        products = self.env["product.product"].sudo().with_context(active_test=False)
        ids = list(taken.get("product.product", ()))
        templates = set(taken.get("product.template", ()))
        templates |= set(products.search([("id", "in", ids)]).product_tmpl_id.ids)
        changed = products.search([("product_tmpl_id", "in", list(templates))])
        listings = self.env["sale.channel.listing"].sudo()
        known = list(taken.get("sale.channel.listing", ()))
        of_channel = Domain("channel_id", "=", channel.id)
        of_changed = Domain("product_id", "in", changed.ids) | Domain("id", "in", known)
        found = listings.search(of_channel & of_changed)
        groups = found.channel_product_id
        return {
            "catalog": {*changed.ids, *ids},
            "products": set(groups.ids),
            # Those that are gone as well
            "listings": {*found.ids, *groups.listing_ids.ids, *known},
        }

    @api.model
    def _spread(self, flow, taken):
        """Mark the products of changed brands, categories and attributes."""
        products = self.env["product.product"]
        domains = []
        for scope, field in OF_TEMPLATES.items():
            if ids := list(taken.get(scope, ())):
                operator = "child_of" if scope == "product.category" else "in"
                domains.append(Domain(field, operator, ids))
        for scope, field in OF_VALUES.items():
            if ids := list(taken.get(scope, ())):
                domains.append(Domain(f"{OF_VARIANTS}.{field}", "in", ids))
        rows = self.env["sale.channel.mapping"].sudo()
        rows = rows.search(
            [
                ("id", "in", list(taken.get("sale.channel.mapping", ()))),
                ("channel_id", "=", flow.channel_id.id),
            ]
        )
        if rows:
            domains.append(Domain("categ_id", "child_of", rows.mapped("res_id")))
        if domains:
            self.env["sale.channel.change.mark"]._spread(
                flow, products._name, products, Domain.OR(domains)
            )
