"""What the values of a channel's orders are in Odoo, each read once per batch."""

from odoo.fields import Domain

from odoo.addons.channel_base.lib.errors import MappingMissing, Rejected, Unresolved
from odoo.addons.channel_base.lib.text import clean, exact

PRODUCT_KIND = "product"
KINDS = ("carrier", "payment_method", "order_status", "warehouse", "team")


class OrderResolver:
    """Looks up products, currencies and mappings for one channel.

    Lives for one batch: it remembers what it read.

    :param channel: one ``sale.channel``
    """

    def __init__(self, channel):
        self.channel = channel
        self.env = channel.env
        self.decisions = channel._get_provider()._get_status_decisions(channel)
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
        """The product of an order's line; see :meth:`find`.

        :raises Unresolved: none or several
        """
        found = self.find(line.product_key)
        if len(found) == 1:
            return found
        value = (PRODUCT_KIND, line.product_key, line.title)
        if not line.sku:
            raise Unresolved("sku_missing", *value, title=line.title, item=line.item_id)
        sku = clean(line.sku, 128)
        code = "product_ambiguous" if found else "product_unknown"
        raise Unresolved(code, *value, sku=sku)

    def find(self, key):
        """The products that a line's key stands for: at most two.

        What a person linked it to goes first. Then the key as it came, as internal
        reference or barcode; only when nobody has it, without what reading changes.
        """
        if key not in self._products:
            self.load_products([key])
        if key not in self._products:
            self._products[key] = self._find_products(key)
        return self._products[key]

    def get_present(self, values):
        """Which of these are the internal reference or barcode of a product."""
        wanted = list(values)
        products = self.env["product.product"].search_fetch(
            self._get_sold_domain()
            & (Domain("default_code", "in", wanted) | Domain("barcode", "in", wanted)),
            ["default_code", "barcode"],
        )
        return {*products.mapped("default_code"), *products.mapped("barcode")} - {False}

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

    def load_products(self, keys):
        """Read the products that a batch's keys are linked to, or that have them as
        internal reference, at once."""
        wanted = set(keys) - self._products.keys()
        if not wanted:
            return
        found = self.env["product.product"].search(
            self._get_sold_domain() & Domain("default_code", "in", list(wanted))
        )
        for product in found:
            same = self._products.get(product.default_code, found.browse())
            self._products[product.default_code] = same | product
        self._products.update(self._read_links(wanted))

    def _read_links(self, keys):
        """Key → product that a person linked it to, of those that are sold."""
        values = {exact(key): key for key in keys}
        links = self.env["sale.channel.mapping"]._read_table(
            self.channel, (PRODUCT_KIND,), list(values)
        )
        links = {
            values[value]: product
            for (_kind, value), product in links.items()
            if product
        }
        model = self.env["product.product"]
        sold = model.concat(*links.values()).filtered_domain(self._get_sold_domain())
        return {
            key: product
            for key, product in links.items()
            if product in sold and product.active
        }

    def _get_sold_domain(self):
        companies = [False, self.channel.company_id.id]
        return Domain("company_id", "in", companies) & Domain("sale_ok", "=", True)

    def _find_products(self, key):
        model = self.env["product.product"]
        sold = self._get_sold_domain()
        wanted = [("barcode", key)]
        cleaned = clean(key, len(key))
        if cleaned not in ("", key):
            wanted += [("default_code", cleaned), ("barcode", cleaned)]
        for name, value in wanted:
            found = model.search(sold & Domain(name, "=", value), limit=2)
            if found:
                return found
        return model
