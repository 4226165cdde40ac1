"""What the values of a channel's orders are in Odoo, each read once per batch."""

from odoo.fields import Domain

from odoo.addons.channel_base.lib.errors import MappingMissing, Rejected, Unresolved
from odoo.addons.channel_base.lib.text import clean, exact

from ..lib.packs import Component
from ..lib.statuses import split, strongest

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
        self._listed = {}
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

    def known_decision(self, part):
        """import, reserve, wait, ignore or cancel; None when nobody has said it.

        The de-para beats the provider's table.

        :param part: a status, or one of those that it consists of
        """
        record = self._mapped.get(("order_status", part))
        return record.code if record else self.decisions.get(part)

    def means_cancelled(self, status):
        """Whether an order with this status has been cancelled."""
        return "cancel" in map(self.known_decision, split(status))

    def decision(self, status):
        """import, reserve, wait, ignore or cancel: the strongest that a part of the
        status says.

        :raises MappingMissing: neither the de-para nor the provider knows a part, and
            no other one says that the order was cancelled
        """
        if self.means_cancelled(status):
            return "cancel"
        return strongest(
            self.known_decision(part) or self.mapped("order_status", part).code
            for part in split(status)
        )

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
            self._warehouse = self.channel._get_order_warehouse()
        if not self._warehouse:
            raise Rejected("warehouse_missing", company=self.channel.company_id.name)
        return self._warehouse

    def components(self, line):
        """What one piece of an order's line holds: what its listing is known to be,
        else the product of its key; see :meth:`find`.

        :param line: :class:`..lib.schema.Line`
        :return: tuple of :class:`..lib.packs.Component`, at least one
        :raises Unresolved: no product or several
        """
        return self.listed(line) or (Component(self._product(line)),)

    def listed(self, line):
        """What the listing that a line names holds; empty when it is not known.

        :param line: :class:`..lib.schema.Line` or ``sale.channel.order.line``
        :return: tuple of :class:`..lib.packs.Component`
        """
        if _place(line) not in self._listed:
            self._load_listed([line])
        return self._listed[_place(line)]

    def load_lines(self, lines):
        """Read what a batch's lines sell at once."""
        lines = list(lines)
        self._load_listed(lines)
        self.load_products(
            line.product_key for line in lines if not self._listed[_place(line)]
        )

    def _load_listed(self, lines):
        places = {_place(line) for line in lines} - self._listed.keys()
        found = places and self.channel._find_listed(places)
        for place in places:
            parts = found.get(place, ())
            # What is not sold (any more) is looked for by its key. What a kit consists
            # of need not be sold by itself.
            single = len({part.product for part in parts}) == 1
            domain = self._get_sold_domain() if single else self._get_own_domain()
            sold = all(
                part.product.active and part.product.filtered_domain(domain)
                for part in parts
            )
            self._listed[place] = tuple(parts) if sold else ()

    def _product(self, line):
        """:raises Unresolved: none or several"""
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
        parts = [part.product for held in self._listed.values() for part in held]
        products = self.env["product.product"].concat(*self._products.values(), *parts)
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

    def _get_own_domain(self):
        return Domain("company_id", "in", [False, self.channel.company_id.id])

    def _get_sold_domain(self):
        return self._get_own_domain() & Domain("sale_ok", "=", True)

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


def _place(line):
    """Where a line was sold: pair of the listing and the variation, texts."""
    return line.item_id or "", line.variation_id or ""
