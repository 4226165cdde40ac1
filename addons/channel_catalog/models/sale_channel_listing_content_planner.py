from dataclasses import replace

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.channel_outgoing.lib.content import Refused, Wanted
from odoo.addons.channel_outgoing.lib.part import Part

from ..lib.price import SCOPE, Problem
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
    there.

    With ``sudo``: the plan is the same whoever made the change.
    """

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
            SCOPE,
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
        refused = channel._get_provider()._check_listing_contents(
            channel, sent, contents
        )
        for id_, content in self._get_hidden(channel, sent, contents, refused).items():
            contents[id_] = content
            refused.pop(id_)
        return {
            ("listing", listing.id): Refused(listing.display_name, *refused[listing.id])
            if listing.id in refused
            else Wanted(
                listing.display_name, contents[listing.id], listing.external_id or None
            )
            for listing in sent
        }

    @api.model
    def _get_hidden(self, channel, listings, contents, refused):
        """What is there and shall be hidden goes out of sale whatever is wrong with it:
        hidden, and else as the channel took it.

        :param refused: see ``sale.channel.provider._check_listing_contents``
        :return: dict id of the listing → content
        """
        wrong = listings.filtered(
            lambda one: (
                one.id in refused
                and one.external_id
                and contents[one.id].get("visibility") == "hidden"
            )
        )
        rows = wrong and self._get_rows().search(
            [
                ("channel_id", "=", channel.id),
                ("kind", "=", "listing"),
                ("res_id", "in", wrong.ids),
            ]
        )
        taken = {row.res_id: row.seen or {} for row in rows}
        kept = {"visibility", *self._get_rows()._outgoing_family["listing"].names}
        return {
            one.id: {
                **taken.get(one.id, {}),
                **{key: v for key, v in contents[one.id].items() if key in kept},
            }
            for one in wrong
        }

    @api.model
    def _get_noted(self, channel, domain):
        """What was refused for its opening price alone goes out again when that has
        become known, as if nothing of it were under way."""
        noted = super()._get_noted(channel, domain)
        for row in self._get_released(channel, domain):
            key = (row.kind, row.res_id)
            noted[key] = replace(noted[key], settled=True)
        return noted

    @api.model
    def _get_released(self, channel, domain):
        """Rows of a domain that the price of today does not keep from being made, or
        for another reason than before."""
        rows = self._get_rows()._find_unpriced(channel).filtered_domain(domain)
        listings = self.env["sale.channel.listing"].browse(rows.mapped("res_id"))
        prices = self.env["sale.channel.price"]._get_prices(channel, listings.exists())
        problems = {
            listing.id: isinstance(price, Problem) and price.code
            for listing, price in prices.items()
        }
        return rows.filtered(
            lambda row: problems.get(row.res_id, row.error_code) != row.error_code
        )

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
        if taken.get(SCOPE):
            # Those that are not made yet, for their price perhaps
            listings = self.env["sale.channel.listing"]
            self.env["sale.channel.change.mark"]._spread(
                flow,
                listings._name,
                listings,
                Domain("channel_id", "=", flow.channel_id.id)
                & Domain("external_id", "=", False),
            )
