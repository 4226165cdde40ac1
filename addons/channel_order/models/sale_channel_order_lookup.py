from odoo import api, models
from odoo.fields import Domain

from odoo.addons.channel_base.lib.errors import MappingMissing, Rejected, Unresolved
from odoo.addons.channel_base.lib.text import clean, exact

from ..lib.batch import OrderBatch
from ..lib.packs import Component
from ..lib.statuses import compose, split, strongest

PRODUCT_KIND = "product"
# Why a line's product is not known
PRODUCT_CODES = ("product_unknown", "product_ambiguous", "sku_missing")
KINDS = ("carrier", "payment_method", "order_status", "warehouse", "team")


class SaleChannelOrderLookup(models.AbstractModel):
    """What the values of a channel's orders are in Odoo, each read once per batch.

    Addons extend its methods; what they remember is a memo of the batch.
    """

    _name = "sale.channel.order.lookup"
    _description = "Channel Orders: look up"

    @api.model
    def _open(self, channel):
        """Begin a batch of one channel's orders.

        :return: :class:`..lib.batch.OrderBatch`
        """
        return OrderBatch(
            channel=channel,
            account_id=channel._get_credential().account_id,
            decisions=channel._get_provider()._get_status_decisions(channel),
            mapped=self.env["sale.channel.mapping"]._read_table(channel, KINDS),
        )

    # Values of the de-para

    @api.model
    def _find_mapped(self, batch, kind, value, label=None, required=True):
        """The record of a value.

        A value that is not known yet enters the de-para's inbox.

        :raises MappingMissing: when it is required and unmapped
        """
        if not value:
            return None
        if (kind, value) not in batch.mapped:
            batch.mapped[kind, value] = self.env["sale.channel.mapping"]._to_odoo(
                batch.channel, kind, value, label, required=False
            )
        record = batch.mapped[kind, value]
        if record is None and required:
            raise MappingMissing(kind, value, label)
        return record

    @api.model
    def _find_carrier(self, batch, order):
        """The mapped carrier of an order; None when its service is not mapped.

        :raises MappingMissing: nor has the channel a carrier for such orders
        """
        shipment = order.shipment
        return shipment and self._find_mapped(
            batch,
            "carrier",
            shipment.service,
            shipment.service_name,
            required=not batch.channel.carrier_id,
        )

    @api.model
    def _find_payment_method(self, batch, method):
        """The mapped payment method of the channel's word; None when it is not."""
        return self._find_mapped(batch, "payment_method", method, required=False)

    @api.model
    def _find_team(self, batch, order):
        """The mapped sales team of an order; None when it is not mapped."""
        return self._find_mapped(batch, "team", order.sub_channel, required=False)

    @api.model
    def _find_warehouse(self, batch, order):
        """The warehouse that an order leaves from.

        :raises ChannelError: the company has none, or the channel's is not mapped
        """
        shipment = order.shipment
        if shipment and shipment.by_channel:
            return self._find_mapped(batch, "warehouse", shipment.logistic_type)
        if batch.warehouse is None:
            batch.warehouse = batch.channel._get_order_warehouse()
        if not batch.warehouse:
            company = batch.channel.company_id
            raise Rejected("warehouse_missing", company=company.name)
        return batch.warehouse

    @api.model
    def _find_currency(self, batch, code):
        """The active currency of an ISO 4217 code, or an empty one."""
        if code not in batch.currencies:
            batch.currencies[code] = self.env["res.currency"].search(
                [("name", "=", code)], limit=1
            )
        return batch.currencies[code]

    @api.model
    def _find_decision(self, batch, row, order):
        """import, reserve, wait, ignore or cancel: what an order's status means.

        A status that we wrote ourselves tells nothing new.

        :param row: its inbox row
        :raises MappingMissing: neither the de-para nor the provider knows a part of
            it, and no other one says that the order was cancelled
        """
        told = row.answer_ids.mapped("status")
        news = compose(part for part in split(order.status) if part not in told)
        if not news:
            return "reserve" if row.state == "reserved" else "import"
        if self._means_cancelled(batch, news):
            return "cancel"
        return strongest(
            self._find_known_decision(batch, part)
            or self._find_mapped(batch, "order_status", part).code
            for part in split(news)
        )

    @api.model
    def _means_cancelled(self, batch, status):
        """Whether an order with this status has been cancelled."""
        return any(
            self._find_known_decision(batch, part) == "cancel" for part in split(status)
        )

    @api.model
    def _find_known_decision(self, batch, part):
        """The decision about a status, or one of those that it consists of; None when
        nobody has said it. The de-para beats the provider's table."""
        record = batch.mapped.get(("order_status", part))
        return record.code if record else batch.decisions.get(part)

    @api.model
    def _find_components(self, batch, line):
        """What one piece of an order's line holds: what its listing is known to be,
        else the product of its key; see :meth:`_find_products`.

        :param line: :class:`..lib.schema.Line`
        :return: tuple of :class:`..lib.packs.Component`, at least one
        :raises Unresolved: no product or several
        """
        listed = self._find_listed(batch, line)
        return listed or (Component(self._find_product(batch, line)),)

    @api.model
    def _find_listed(self, batch, line):
        """What the listing that a line names holds; empty when it is not known.

        :param line: :class:`..lib.schema.Line` or ``sale.channel.order.line``
        :return: tuple of :class:`..lib.packs.Component`
        """
        if _place(line) not in batch.listed:
            self._load_listed(batch, [line])
        return batch.listed[_place(line)]

    @api.model
    def _find_product(self, batch, line):
        """:raises Unresolved: none or several"""
        found = self._find_products(batch, line.product_key)
        if len(found) == 1:
            return found
        value = (PRODUCT_KIND, line.product_key, line.title)
        if not line.sku:
            raise Unresolved("sku_missing", *value, title=line.title, item=line.item_id)
        sku = clean(line.sku, 128)
        code = "product_ambiguous" if found else "product_unknown"
        raise Unresolved(code, *value, sku=sku)

    @api.model
    def _find_products(self, batch, key):
        """The products that a line's key stands for: at most two.

        What a person linked it to goes first. Then the key as it came, as internal
        reference or barcode; only when nobody has it, without what reading changes.
        """
        if key not in batch.products:
            self._load_products(batch, [key])
        if key not in batch.products:
            batch.products[key] = self._search_products(batch, key)
        return batch.products[key]

    @api.model
    def _find_present(self, batch, values):
        """Which of these are the internal reference or barcode of a product."""
        wanted = list(values)
        products = self.env["product.product"].search_fetch(
            self._get_sold_domain(batch)
            & (Domain("default_code", "in", wanted) | Domain("barcode", "in", wanted)),
            ["default_code", "barcode"],
        )
        return {*products.mapped("default_code"), *products.mapped("barcode")} - {False}

    @api.model
    def _find_taxes(self, batch):
        """Taxes of the products that were found so far."""
        parts = [part.product for held in batch.listed.values() for part in held]
        products = self.env["product.product"].concat(*batch.products.values(), *parts)
        return products.taxes_id._filter_taxes_by_company(batch.channel.company_id)

    @api.model
    def _load_lines(self, batch, lines):
        """Read what a batch's lines sell at once."""
        lines = list(lines)
        self._load_listed(batch, lines)
        self._load_products(
            batch,
            (line.product_key for line in lines if not batch.listed[_place(line)]),
        )

    @api.model
    def _load_listed(self, batch, lines):
        places = {_place(line) for line in lines} - batch.listed.keys()
        found = places and batch.channel._find_listed(places)
        for place in places:
            parts = found.get(place, ())
            # What is not sold (any more) is looked for by its key. What a kit consists
            # of need not be sold by itself.
            single = len({part.product for part in parts}) == 1
            domain = self._get_sold_domain if single else self._get_own_domain
            sold = all(
                part.product.active and part.product.filtered_domain(domain(batch))
                for part in parts
            )
            batch.listed[place] = tuple(parts) if sold else ()

    @api.model
    def _load_products(self, batch, keys):
        """Read the products that a batch's keys are linked to, or that have them as
        internal reference, at once."""
        wanted = set(keys) - batch.products.keys()
        if not wanted:
            return
        found = self.env["product.product"].search(
            self._get_sold_domain(batch) & Domain("default_code", "in", list(wanted))
        )
        for product in found:
            same = batch.products.get(product.default_code, found.browse())
            batch.products[product.default_code] = same | product
        batch.products.update(self._read_links(batch, wanted))

    @api.model
    def _read_links(self, batch, keys):
        """Key → product that a person linked it to, of those that are sold."""
        values = {exact(key): key for key in keys}
        links = self.env["sale.channel.mapping"]._read_table(
            batch.channel, (PRODUCT_KIND,), list(values)
        )
        links = {
            values[value]: product
            for (_kind, value), product in links.items()
            if product
        }
        model = self.env["product.product"]
        sold = model.concat(*links.values()).filtered_domain(
            self._get_sold_domain(batch)
        )
        return {
            key: product
            for key, product in links.items()
            if product in sold and product.active
        }

    @api.model
    def _search_products(self, batch, key):
        model = self.env["product.product"]
        sold = self._get_sold_domain(batch)
        wanted = [("barcode", key)]
        cleaned = clean(key, len(key))
        if cleaned not in ("", key):
            wanted += [("default_code", cleaned), ("barcode", cleaned)]
        for name, value in wanted:
            found = model.search(sold & Domain(name, "=", value), limit=2)
            if found:
                return found
        return model

    @api.model
    def _get_own_domain(self, batch):
        return Domain("company_id", "in", [False, batch.channel.company_id.id])

    @api.model
    def _get_sold_domain(self, batch):
        """Which products may be sold by the channel."""
        return self._get_own_domain(batch) & Domain("sale_ok", "=", True)


def _place(line):
    """Where a line was sold: pair of the listing and the variation, texts."""
    return line.item_id or "", line.variation_id or ""
