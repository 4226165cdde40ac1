"""What the values of a channel's orders are in Odoo, each read once per batch."""

from odoo.fields import Domain

from odoo.addons.channel_base.lib.errors import MappingMissing, Rejected

KINDS = ("carrier", "payment_method", "order_status", "warehouse", "team")


class OrderResolver:
    """Looks up products, currencies and mappings for one channel.

    Lives for one batch: it remembers what it read.

    :param channel: one ``sale.channel``
    """

    def __init__(self, channel):
        self.channel = channel
        self.env = channel.env
        self.decisions = channel._get_status_decisions()
        self.account_id = channel._get_credential().account_id
        self._mapped = self.env["sale.channel.mapping"]._read_table(channel, KINDS)
        self._currencies = {}
        self._products = {}
        self._warehouse = None
        self._sold = {}
        self._latest = {}
        self.sentences = []

    def take_sentences(self):
        """What is still to be told in the rows' stories; see ``_tell_all``."""
        sentences, self.sentences = self.sentences, []
        return sentences

    def mapped(self, kind, value, label=None, required=True):
        """The record of a value.

        A value that is not known yet enters the de-para's inbox.

        :raises MappingMissing: when it is required and unmapped
        """
        if not value:
            return None
        if (kind, value) not in self._mapped:
            self._mapped[kind, value] = self.env["sale.channel.mapping"]._to_odoo(
                self.channel, kind, value, label, required=False
            )
        record = self._mapped[kind, value]
        if record is None and required:
            raise MappingMissing(kind, value, label)
        return record

    def known_decision(self, status):
        """import, wait, ignore or cancel; None when nobody has said it.

        The de-para beats the provider's table.
        """
        record = self._mapped.get(("order_status", status))
        return record.code if record else self.decisions.get(status)

    def means_cancelled(self, status):
        """Whether an order with this status has been cancelled."""
        return self.known_decision(status) == "cancel"

    def decision(self, status):
        """import, wait, ignore or cancel.

        :raises MappingMissing: neither the de-para nor the provider knows the status
        """
        known = self.known_decision(status)
        return known or self.mapped("order_status", status).code

    def currency(self, code):
        """The active currency of an ISO 4217 code, or an empty one."""
        if code not in self._currencies:
            self._currencies[code] = self.env["res.currency"].search(
                [("name", "=", code)], limit=1
            )
        return self._currencies[code]

    def warehouse(self):
        """The warehouse that the channel's orders leave from.

        :raises Rejected: the company has none
        """
        if self._warehouse is None:
            self._warehouse = self.channel.warehouse_id or self.env[
                "stock.warehouse"
            ].search([("company_id", "=", self.channel.company_id.id)], limit=1)
        if not self._warehouse:
            raise Rejected("warehouse_missing", company=self.channel.company_id.name)
        return self._warehouse

    def product(self, line):
        """The product of an order's line, by internal reference, then by barcode.

        :raises Rejected: none or several
        """
        if not line.sku:
            raise Rejected("sku_missing", title=line.title, item=line.item_id)
        if line.sku not in self._products:
            self._products[line.sku] = self._find_products(line.sku)
        found = self._products[line.sku]
        if not found:
            raise Rejected("product_unknown", sku=line.sku)
        if len(found) > 1:
            raise Rejected("product_ambiguous", sku=line.sku)
        return found

    def load_sold(self, refs):
        """Read where the lines of a batch are sold already.

        :param refs: the lines' external ids
        """
        lines = self.env["sale.order.line"].search_fetch(
            [
                ("channel_line_ref", "in", list(refs)),
                ("order_id.sale_channel_id", "=", self.channel.id),
                ("product_uom_qty", ">", 0),
            ],
            ["channel_line_ref", "order_id", "product_uom_qty"],
        )
        for line in lines:
            known = self._sold.get(line.channel_line_ref, lines.browse())
            self._sold[line.channel_line_ref] = known | line

    def sellers(self, refs):
        """Inbox rows whose sale orders sell one of these lines by now."""
        lines = self.env["sale.order.line"].concat(
            *(self._sold[ref] for ref in refs if ref in self._sold)
        )
        # Orders of the same batch may have changed since the lines were read.
        orders = lines.filtered("product_uom_qty").order_id
        return orders.filtered(lambda o: o.state != "cancel").channel_order_ids

    def load_versions(self, rows):
        """Read what any row of the channel knows of the orders in a batch's carts.

        :param rows: inbox rows whose bundles are stored
        """
        keys = sorted({key for row in rows for key in row.versions or {}})
        orders = self.env["sale.channel.order"]
        for row in orders._find_by_orders(self.channel, keys):
            for key, version in (row.versions or {}).items():
                self._latest[key] = max(version, self._latest.get(key, version))

    def is_behind(self, row):
        """Whether some row has read one of its orders at a later moment."""
        versions = (row.versions or {}).items()
        return any(self._latest.get(key, "") > version for key, version in versions)

    def taxes(self):
        """Taxes of the products that were found so far."""
        products = self.env["product.product"].concat(*self._products.values())
        return products.taxes_id._filter_taxes_by_company(self.channel.company_id)

    def load_products(self, skus):
        """Read the products of a batch's internal references at once."""
        wanted = {sku for sku in skus if sku} - self._products.keys()
        found = self.env["product.product"].search(
            self._get_sold_domain() & Domain("default_code", "in", list(wanted))
        )
        for product in found:
            same = self._products.get(product.default_code, found.browse())
            self._products[product.default_code] = same | product

    def _get_sold_domain(self):
        companies = [False, self.channel.company_id.id]
        return Domain("company_id", "in", companies) & Domain("sale_ok", "=", True)

    def _find_products(self, sku):
        model = self.env["product.product"]
        sold = self._get_sold_domain()
        return model.search(
            sold & Domain("default_code", "=", sku), limit=2
        ) or model.search(sold & Domain("barcode", "=", sku), limit=2)
