from odoo import api, fields, models

from ..lib.lifecycle import IMPORTED, PLEDGED
from .sale_channel_order_lookup import PRODUCT_KIND

PLAUSIBLE = 10**12
# What is compared with what was bought; a price alone changes nothing.
BOUGHT = (
    "external_id",
    "item_id",
    "variation_id",
    "product_key",
    "sku",
    "title",
    "quantity",
    "by_channel",
)


class SaleChannelOrderLine(models.Model):
    """What was bought with an order that Odoo does not count: nobody else may have it.

    There are lines as long as the channel sells the order and no confirmed sale order
    does.

    With ``sudo``: who sees a line need not see what its product is found by.
    """

    _name = "sale.channel.order.line"
    _description = "Bought with a Channel Order"
    _order = "id"
    _rec_name = "title"

    order_id = fields.Many2one(
        "sale.channel.order",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="order_id.company_id")
    currency_id = fields.Many2one(related="order_id.currency_id")
    external_id = fields.Char("Channel Line", readonly=True)
    item_id = fields.Char("Listing", readonly=True)
    variation_id = fields.Char(readonly=True)
    by_channel = fields.Boolean(
        "Shipped by the Channel",
        readonly=True,
        help="From its own warehouse, so nothing of ours is spoken for.",
    )
    product_key = fields.Char(required=True, readonly=True)
    sku = fields.Char("SKU", readonly=True)
    title = fields.Char(readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    unit_price = fields.Monetary(readonly=True)
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        help="What Odoo finds for it now.",
    )
    components_text = fields.Char(
        "Sells",
        compute="_compute_product_id",
        help="What one piece of a pack or a kit holds.",
    )
    found = fields.Selection(
        [("one", "Found"), ("none", "Not found"), ("several", "Several")],
        "Product Found",
        compute="_compute_product_id",
    )

    @api.depends("product_key", "item_id", "variation_id", "order_id.channel_id")
    @api.depends_context("uid", "lang")
    def _compute_product_id(self):
        lookup = self.env["sale.channel.order.lookup"].sudo()
        for channel, lines in self.grouped(lambda ln: ln.order_id.channel_id).items():
            batch = lookup._open(channel.sudo())
            lookup._load_lines(batch, lines)
            for line in lines:
                parts = lookup._find_listed(batch, line)
                products = lookup._find_products(batch, line.product_key)
                if parts:
                    products = products.concat(*(part.product for part in parts))
                # Who may see the order need not see every product.
                readable = products.sudo(self.env.su)._filtered_access("read")
                one = "one" if parts else ("none", "one", "several")[len(products[:2])]
                line.found = one
                line.product_id = len(products) == 1 and readable
                line.components_text = (
                    readable == products and line._describe_components(parts)
                )

    def _describe_components(self, parts):
        """Packs and kits in words; nothing of what sells one unit of one product.

        :param parts: :class:`..lib.packs.Component`
        """
        if all(part.quantity == 1 for part in parts) and len(parts) < 2:
            return False
        return ", ".join(
            f"{part.quantity.normalize():f} × {part.product.display_name}"
            for part in parts
        )

    def action_link_product(self):
        """Choose the product that the channel's SKU stands for, from now on."""
        self.ensure_one()
        self.order_id._check_operator()
        mappings = self.env["sale.channel.mapping"]
        mappings.check_access("write")
        mapping = mappings._ensure(
            self.order_id.channel_id, PRODUCT_KIND, self.product_key, self.title
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_base.sale_channel_mapping_assign_action"
        )
        action["name"] = self.env._("Link Product")
        action["context"] = {"active_ids": mapping.ids}
        return action

    def action_create_product(self):
        """Open Odoo's form of a new product with what the channel tells."""
        self.ensure_one()
        self.order_id._check_operator()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Create Product"),
            "res_model": "product.product",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {
                "default_name": self.title,
                "default_default_code": self.sku,
                "default_list_price": self.unit_price,
                "default_sale_ok": True,
            },
        }

    @api.model
    def _renew(self, rows, orders=None):
        """Keep what was bought of rows that Odoo does not count, and of no others.

        :param rows: inbox rows
        :param orders: dict row → :class:`..lib.schema.Order` of those that were read
        """
        pledged = rows.filtered(
            lambda row: self._is_pledged(row) or self._is_short(row)
        )
        self._keep(pledged, orders)
        (rows - pledged).line_ids.unlink()

    @api.model
    def _keep(self, rows, orders=None):
        """Show what was bought; what cannot be read any more stays as it was known.

        :param orders: see :meth:`_renew`
        """
        for row in rows:
            order = (orders or {}).get(row) or row._read_if_readable()
            if order is not None:
                bought = self._find_uncounted(row, order)
                self._store(
                    row,
                    [self._prepare(order, line, pieces) for line, pieces in bought],
                )
            elif not row.line_ids and not self._is_short(row):
                self._store(row, self._prepare_remembered(row))

    @api.model
    def _is_pledged(self, row):
        """Whether the channel sells the order, and no confirmed sale order does."""
        order = row.sale_order_id
        if row.state not in PLEDGED or order.state == "sale":
            return False
        lost = row.state in IMPORTED and order.state in (False, "cancel")
        # Who answered the question took it upon themselves.
        return not lost or bool(row.proposal_ids._get_open_losses())

    @api.model
    def _is_short(self, row):
        """Whether the channel sells more by now than the confirmed sale order, which
        somebody was asked about."""
        return row.sale_order_id.state == "sale" and bool(
            row.proposal_ids._get_open_shortages()
        )

    @api.model
    def _find_uncounted(self, row, order):
        """Pieces of each line that the sale order does not sell.

        :return: list of pairs of a :class:`..lib.schema.Line` and its pieces
        """
        if not self._is_short(row):
            return [(line, line.quantity) for line in order.lines]
        return self._find_lacking(row, order)

    @api.model
    def _find_lacking(self, row, order):
        """The same of a confirmed sale order, of what it neither ships nor shipped."""
        sold = {}
        for line in row.sale_order_id.order_line.filtered("channel_line_ref"):
            ref = line.channel_line_ref.partition("#")[0]
            sold[ref] = sold.get(ref, 0.0) + line._get_leaving_quantity()
        lookup = self.env["sale.channel.order.lookup"]
        batch = lookup._open(row.channel_id)
        lookup._load_lines(batch, order.lines)
        found = []
        for line in order.lines:
            units = sum(part.quantity for part in lookup._find_listed(batch, line)) or 1
            counted = sold.get(line.external_id.partition("#")[0], 0.0) / float(units)
            if line.quantity > counted:
                found.append((line, float(line.quantity) - counted))
        return found

    @api.model
    def _store(self, row, values):
        """Lines of these values, written only if others are there."""
        known = [
            {name: line[name] or False for name in BOUGHT} for line in row.line_ids
        ]
        if known == [{name: v.get(name) or False for name in BOUGHT} for v in values]:
            return
        row.line_ids.unlink()
        row.line_ids.create([{"order_id": row.id, **value} for value in values])

    @api.model
    def _prepare(self, order, line, pieces):
        return {
            "external_id": line.external_id,
            "item_id": line.item_id,
            "variation_id": line.variation_id,
            "product_key": line.product_key,
            "sku": line.sku,
            "title": line.title,
            "quantity": self._to_float(pieces),
            "unit_price": self._to_float(line.unit_price),
            "by_channel": bool(order.shipment and order.shipment.by_channel),
        }

    @api.model
    def _prepare_remembered(self, row):
        """Lines of an order whose raw data was deleted, as it was imported."""
        told = row.imported_print or {}
        return [
            {
                "external_id": ref,
                "product_key": sku or ref,
                "sku": sku,
                "title": sku,
                "quantity": self._to_float(float(quantity)),
                "unit_price": self._to_float(float(price)),
                "by_channel": bool(told.get("by_channel")),
            }
            for ref, (quantity, price, sku) in (told.get("lines") or {}).items()
        ]

    @api.model
    def _to_float(self, number):
        """A number that PostgreSQL can store; 0 for what is no plausible one."""
        return float(number) if abs(number) < PLAUSIBLE else 0.0
