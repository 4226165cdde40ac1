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
        self._mapped = self._read_mappings()
        self._currencies = {}
        self._products = {}
        self._warehouse = None

    def _read_mappings(self):
        rows = (
            self.env["sale.channel.mapping"]
            .sudo()
            .search_fetch(
                [("channel_id", "=", self.channel.id), ("kind_id.code", "in", KINDS)],
                ["kind_id", "external_value", "res_id", "direction"],
            )
        )
        return {
            (row.kind_id.code, row.external_value): (
                row._get_record() if row.direction != "out" else None
            )
            for row in rows
        }

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

    def decision(self, status):
        """import, wait, ignore or cancel; the de-para beats the provider's table.

        :raises MappingMissing: neither knows the status
        """
        known = self.decisions.get(status)
        if ("order_status", status) not in self._mapped and known:
            return known
        record = self.mapped("order_status", status, required=not known)
        return record.code if record else known

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

    def taxes(self):
        """Taxes of the products that were found so far."""
        products = self.env["product.product"].concat(*self._products.values())
        return products.taxes_id._filter_taxes_by_company(self.channel.company_id)

    def _find_products(self, sku):
        model = self.env["product.product"]
        sold = Domain("company_id", "in", [False, self.channel.company_id.id]) & Domain(
            "sale_ok", "=", True
        )
        return model.search(
            sold & Domain("default_code", "=", sku), limit=2
        ) or model.search(sold & Domain("barcode", "=", sku), limit=2)
