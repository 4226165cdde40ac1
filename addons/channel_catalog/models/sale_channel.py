from dataclasses import replace

from odoo import api, fields, models

from odoo.addons.channel_base.lib.spec import FlowSpec

from ..lib.traits import SWITCHES

DAY = 24 * 60
# Kind of flow → its rows
FLOWS = {
    "listings_out": "sale.channel.listing.content",
    "stock_out": "sale.channel.listing.stock",
    "price_out": "sale.channel.listing.price",
}
# What decides about the prices that go out
PRICE_SETTINGS = (
    "company_id",
    "price_extra",
    "price_floor",
    "price_floor_margin",
    "price_round",
    "price_tax_mode",
    "pricelist_id",
    "promotion_pricelist_id",
    "send_price",
)
# What decides about the stock that goes out
STOCK_SETTINGS = (
    "catalog_sync_stock",
    "stock_basis",
    "stock_buffer",
    "stock_buffer_percent",
    "stock_multiple",
    "stock_warehouse_ids",
    "warehouse_id",
)
# Setting → flows that look at everything when it changes
SETTINGS = {
    "catalog_show": ("listings_out", "stock_out"),
    "catalog_lang": ("listings_out",),
    **{f"send_{switch}": ("listings_out",) for switch in SWITCHES},
    **dict.fromkeys(PRICE_SETTINGS, ("price_out",)),
    **dict.fromkeys(STOCK_SETTINGS, ("stock_out",)),
}


class SaleChannel(models.Model):
    _inherit = "sale.channel"

    has_catalog = fields.Boolean(compute="_compute_catalog")
    catalog_fields = fields.Char(
        compute="_compute_catalog", help="Fields that the channel takes."
    )
    catalog_show = fields.Boolean(
        "Show Products",
        help="Products that do not say whether they are shown in e-commerce are shown.",
    )
    catalog_sync_stock = fields.Boolean(
        "Sync Stock",
        default=True,
        help="The stock of products that do not say whether it is synchronised is.",
    )
    catalog_lang = fields.Selection(
        "_selection_catalog_lang",
        "Language of Listings",
        help="In which names and descriptions are sent; that of the company if empty. "
        "Other languages on the channel stay as they are.",
    )
    send_title = fields.Boolean("Send Name", default=True)
    send_description = fields.Boolean(default=True)
    send_images = fields.Boolean(default=True)
    send_brand = fields.Boolean(
        default=True, help="Products without a brand are then not sent."
    )
    send_category = fields.Boolean(default=True)
    send_barcode = fields.Boolean(default=True)
    send_dimensions = fields.Boolean("Send Weight", default=True)
    stock_kind = fields.Selection(
        [
            ("sellable", "What can still be sold"),
            ("physical", "What is there, reserved or not"),
        ],
        "The Channel Keeps",
        compute="_compute_stock_kind",
    )
    stock_by_location = fields.Boolean(compute="_compute_stock_kind")
    stock_warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Warehouses",
        check_company=True,
        help="Whose stock is offered; none: that of the warehouse of its orders. A "
        "channel with locations offers that of the warehouses in its de-para.",
    )
    stock_basis = fields.Selection(
        [
            ("free", "Free: neither reserved nor expired"),
            ("on_hand", "On hand"),
            ("forecast", "On hand and to be received"),
        ],
        "Stock Offered",
        default="free",
        required=True,
        help="Always without what confirmed orders have still to ship.",
    )
    stock_buffer = fields.Float(
        "Units Kept Back",
        digits="Product Unit",
        help="Of each product, for what is sold elsewhere at the same moment.",
    )
    stock_buffer_percent = fields.Float("Share Kept Back (%)")
    stock_multiple = fields.Integer(
        "Multiples of",
        default=1,
        required=True,
        help="What is offered is rounded down to a multiple of this many.",
    )

    send_price = fields.Boolean("Send Prices", default=True)
    promotion_pricelist_id = fields.Many2one(
        "product.pricelist",
        "Promotions",
        check_company=True,
        ondelete="restrict",
        help="While a rule of this pricelist counts for a product, and makes it "
        "cheaper, its price is the promotional one, with the rule's dates.",
    )
    price_round = fields.Float(
        "Round Prices to",
        digits="Product Price",
        help="Prices are multiples of this amount, as the channel shows them. 0: they "
        "are as the pricelist and the taxes make them.",
    )
    price_extra = fields.Float(
        "Then Add",
        digits="Product Price",
        help="Is added to the rounded price: multiples of 1.00 less 0.10 end in .90.",
    )
    price_floor = fields.Boolean(
        "Never Below a Margin",
        help="A price that leaves less over the product's cost, without taxes, is not "
        "sent. Products without a cost have no such limit.",
    )
    price_floor_margin = fields.Float("Least Margin (%)", digits=(16, 2))
    listing_count = fields.Integer(
        "Listings",
        compute="_compute_listing_count",
        groups="channel_base.group_channel_user",
    )

    _price_round_positive = models.Constraint(
        "CHECK (price_round >= 0)", "Prices are rounded to an amount above 0."
    )

    _stock_buffer_range = models.Constraint(
        "CHECK (stock_buffer >= 0 AND stock_buffer_percent BETWEEN 0 AND 100)",
        "Units kept back are not negative; their share lies between 0 and 100 %.",
    )
    _stock_multiple_positive = models.Constraint(
        "CHECK (stock_multiple > 0)", "Stock is offered in multiples of at least one."
    )

    @api.depends("channel_type")
    def _compute_catalog(self):
        for channel in self:
            traits = channel._get_catalog_traits()
            channel.has_catalog = traits is not None
            channel.catalog_fields = traits and ",".join(traits.fields)

    @api.depends("channel_type")
    def _compute_stock_kind(self):
        for channel in self:
            traits = channel._get_catalog_traits()
            channel.stock_kind = traits and traits.stock_kind
            channel.stock_by_location = bool(traits and traits.locations)

    @api.model
    def _selection_catalog_lang(self):
        return self.env["res.lang"].get_installed()

    def _compute_listing_count(self):
        groups = self.env["sale.channel.listing"]._read_group(
            [("channel_id", "in", self.ids)], ["channel_id"], ["__count"]
        )
        counts = {channel.id: count for channel, count in groups}
        for channel in self:
            channel.listing_count = counts.get(channel.id, 0)

    def write(self, vals):
        before = {
            channel: {name: channel[name] for name in SETTINGS.keys() & vals.keys()}
            for channel in self
        }
        result = super().write(vals)
        for channel, values in before.items():
            kinds = {
                kind
                for name, value in values.items()
                if channel[name] != value
                for kind in SETTINGS[name]
            }
            channel._request_catalog(kinds)
        return result

    def _request_catalog(self, kinds):
        """Have flows look at everything: what a setting concerns can be very many."""
        flows = self.sudo().flow_ids
        flows.filtered(lambda flow: flow.enabled and flow.kind in kinds)._request_run()

    def _get_catalog_traits(self):
        """The provider's :class:`..lib.traits.CatalogTraits`, or None."""
        self.ensure_one()
        return self._get_provider()._get_catalog_traits(self)

    def _get_catalog_lang(self):
        """The language that listings are written in."""
        self.ensure_one()
        installed = dict(self._selection_catalog_lang())
        company = self.sudo().company_id or self.env.company
        for lang in (self.catalog_lang, company.partner_id.lang):
            if lang in installed:
                return lang
        return self.env.lang or "en_US"

    def _find_listed(self, places):
        finder = self.env["sale.channel.listing.finder"]
        found = finder._find_components(self, places)
        return {**super()._find_listed(places), **found}

    def _get_flow_specs(self):
        specs = super()._get_flow_specs()
        traits = self._get_catalog_traits()
        if traits is None:
            return specs
        # Changes wake the flows; once a day they compare everything.
        specs["listings_in"] = FlowSpec(interval=DAY, batch=200)
        specs["listings_out"] = FlowSpec(interval=DAY, batch=100)
        if traits.stock_kind:
            specs["stock_out"] = FlowSpec(interval=DAY, batch=100, stale=30)
        if traits.prices:
            specs["price_out"] = FlowSpec(interval=DAY, batch=100, stale=60)
        # What the provider says of them counts more; how soon somebody has to know of
        # what waits is nothing that each has to say.
        told = self._get_provider()._get_flow_specs(self)
        for kind, spec in specs.items():
            if kind in told and not told[kind].stale:
                told[kind] = replace(told[kind], stale=spec.stale)
        return {**specs, **told}

    def _get_price_currencies(self):
        """Codes of the currencies that the channel has; none if it did not say."""
        rows = self.env["sale.channel.mapping"].search(
            [("channel_id", "=", self.id), ("kind_id.code", "=", "currency")]
        )
        mapped = {row._get_record().name for row in rows if row.is_mapped}
        return mapped | {(row.external_value or "").upper() for row in rows}

    def _get_order_warehouse(self):
        """The warehouse that the channel's orders leave from; maybe none."""
        self.ensure_one()
        return self.warehouse_id or self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_id.id)], limit=1
        )

    def _get_stock_places(self):
        """Where the channel keeps stock of which warehouses.

        :return: dict location → ``stock.warehouse``; of a channel without locations
            one, ``""``, with all of them
        """
        self.ensure_one()
        if self.stock_by_location:
            return self.env["sale.channel.mapping"]._get_stock_places(self)
        return {"": self.stock_warehouse_ids or self._get_order_warehouse()}

    # Buttons

    def action_open_listings(self):
        """Open what is listed on the channel."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_catalog.sale_channel_listing_action"
        )
        return {
            **action,
            "domain": [("channel_id", "=", self.id)],
            "context": {"default_channel_id": self.id},
        }

    def action_load_catalog_values(self):
        """Ask the channel for its locations, categories … and offer them in the
        de-para."""
        self.ensure_one()
        self.check_access("write")
        found = self._get_provider()._fetch_catalog_values(self)
        for kind, values in found.items():
            for value, label in values:
                row = self.env["sale.channel.mapping"]._ensure(self, kind, value, label)
                row.direction = "both"
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_base.sale_channel_mapping_action"
        )
        domain = [("channel_id", "=", self.id), ("kind_id.code", "in", list(found))]
        return {**action, "domain": domain}
