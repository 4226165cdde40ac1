from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import split_every

from odoo.addons.channel_base.lib.errors import Rejected

from ..lib.opening import OpeningPrice
from ..lib.price import (
    Part,
    Price,
    Problem,
    Rounding,
    Shown,
    Terms,
    charge,
    compute,
    limit,
    parse_amount,
)

# A list looks for its rule of each product among the rules of all that it is asked for.
CHUNK = 50
SECOND = timedelta(seconds=1)


class SaleChannelPrice(models.AbstractModel):
    """What listings cost on a channel: its pricelists, taxes, rounding and floor.

    The channel's pricelist says it, whoever made that: one that a price scenario
    generated is computed as on a quotation. Customers play no part; orders keep the
    price that the channel tells.
    """

    _name = "sale.channel.price"
    _description = "Prices of a Sales Channel"

    @api.model
    def _get_prices(self, channel, listings, date=None):
        """The prices of many listings at once.

        :param listings: ``sale.channel.listing`` of the channel
        :param date: naive, in UTC; now if not told
        :return: dict listing → ``lib.price.Price``, or ``Problem`` with the reason why
            nothing can be sent
        """
        return self._limit(channel, self._get_unlimited(channel, listings, date))

    @api.model
    def _get_unlimited(self, channel, listings, date=None):
        """The same, also of prices that leave too little."""
        prices = self._compute_prices(channel, listings, date)
        known = {key: one for key, one in prices.items() if isinstance(one, Price)}
        if not known:
            return prices
        charges = self.env["sale.channel.charge"]._get_charges(channel, known)
        charged = {key: charge(price, charges[key]) for key, price in known.items()}
        return {**prices, **charged}

    @api.model
    def _prepare(self, channel):
        """Itself and the channel, with ``sudo`` and in the channel's company: a price
        is the same for everybody, whatever they may see of what it is made of."""
        channel = channel.sudo()
        return self.sudo().with_company(channel.company_id), channel

    @api.model
    def _limit(self, channel, prices):
        """Prices of listings with a problem in place of those that leave too little.

        :param prices: see :meth:`_get_unlimited`
        """
        service, channel = self._prepare(channel)
        if not channel.price_floor:
            return prices
        lists = channel._get_type_pricelists()
        terms = {
            pricelist: service._get_terms(channel, pricelist)
            for pricelist in {channel.pricelist_id, *lists.values()}
        }
        return {
            listing: price
            if isinstance(price, Problem)
            else limit(
                price, terms[lists.get(listing.listing_type, channel.pricelist_id)]
            )
            for listing, price in prices.items()
        }

    @api.model
    def _compute_prices(self, channel, listings, date=None):
        """The same, whatever is left of them."""
        _service, channel = self._prepare(channel)
        lists = channel._get_type_pricelists() if channel else {}
        by_list = {}
        for listing in listings:
            pricelist = lists.get(listing.listing_type)
            by_list.setdefault(pricelist, {})[listing] = listing._get_components()
        prices = {}
        for pricelist, sold in by_list.items():
            prices.update(self._decide(channel, pricelist, sold, date))
        # In the order that was asked for
        return {listing: prices[listing] for listing in listings}

    @api.model
    def _get_product_prices(self, channel, products, date=None):
        """The same for a unit of products, on the channel or not; the fee is left out.

        :param products: ``product.product``
        :return: dict product → ``lib.price.Price`` or ``Problem``
        """
        sold = {product: [(product, 1.0)] for product in products}
        prices = self._decide(channel, None, sold, date)
        known = {key: one for key, one in prices.items() if isinstance(one, Price)}
        if not known:
            return prices
        service, channel = self._prepare(channel)
        terms = service._get_terms(channel, channel.pricelist_id)
        charges = self.env["sale.channel.charge"]
        charged = {
            key: limit(charge(one, charges._get_product_charges(channel, one)), terms)
            for key, one in known.items()
        }
        return {**prices, **charged}

    @api.model
    def _decide(self, channel, pricelist, sold, date):
        """
        :param pricelist: None for the channel's
        :param sold: dict of anything → list of pairs of a product and its units
        """
        service, channel = self._prepare(channel)
        if not channel:
            # A form that is not filled in yet
            return dict.fromkeys(sold, Problem("price_missing"))
        pricelist = channel.pricelist_id if pricelist is None else pricelist
        date = date or fields.Datetime.now()
        problem = service._check_lists(channel, pricelist)
        if problem:
            return dict.fromkeys(sold, problem)
        priced = service._get_parts(channel, pricelist, sold, date)
        terms = service._get_terms(channel, pricelist)
        decided = {}
        for key, components in sold.items():
            parts = [priced[product.id, units] for product, units in components]
            wrong = [part for part in parts if isinstance(part, Problem)]
            decided[key] = wrong[0] if wrong else compute(parts, terms)
        return decided

    @api.model
    def _get_company(self, channel):
        return channel.company_id or self.env.company

    @api.model
    def _get_currency(self, channel, pricelist):
        return pricelist.currency_id or self._get_company(channel).currency_id

    @api.model
    def _get_terms(self, channel, pricelist):
        currency = self._get_currency(channel, pricelist)
        traits = channel._get_catalog_traits()
        unit = Decimal(str(currency.rounding))
        rounding = Rounding(
            max(unit, traits.price_unit) if traits else unit,
            Decimal(str(channel.price_round)),
            Decimal(str(channel.price_extra)),
        )
        margin = Decimal(str(channel.price_floor_margin))
        return Terms(
            currency.name,
            rounding,
            margin if channel.price_floor else None,
            bool(traits and traits.promotions),
        )

    @api.model
    def _check_lists(self, channel, pricelist):
        """:return: a ``Problem`` that all prices of a pricelist have, or None"""
        for one in pricelist | channel.promotion_pricelist_id:
            if not one.active:
                return Problem("pricelist_archived", {"pricelist": one.name})
        currency = self._get_currency(channel, pricelist)
        known = channel._get_price_currencies()
        if known and currency.name not in known:
            return Problem(
                "price_currency_unknown",
                {"currency": currency.name, "known": ", ".join(sorted(known))},
            )
        return None

    @api.model
    def _lacks_rate(self, currency, company):
        """Whether amounts cannot be converted: Odoo takes them one to one then."""
        return currency != company.currency_id and not self.env[
            "res.currency.rate"
        ].search_count(
            [
                ("currency_id", "=", currency.id),
                ("company_id", "in", [False, company.root_id.id]),
            ],
            limit=1,
        )

    @api.model
    def _get_lacking(self, channel, pricelist):
        """Currencies of lists, and of those they rest on, without a rate."""
        lists = pricelist | channel.promotion_pricelist_id
        rules = self.env["product.pricelist.item"].search(
            [("pricelist_id", "in", lists.ids), ("base", "=", "pricelist")]
        )
        currencies = (lists | rules.base_pricelist_id).currency_id
        company = self._get_company(channel)
        return (currencies | self._get_currency(channel, pricelist)).filtered(
            lambda one: self._lacks_rate(one, company)
        )

    @api.model
    def _get_crossed(self, pricelist, rule):
        """Currencies that a price is converted from."""
        rests = rule.base == "pricelist" and rule.compute_price != "fixed"
        base = rule.base_pricelist_id if rests else pricelist
        return (pricelist | base).currency_id

    @api.model
    def _get_parts(self, channel, pricelist, sold, date):
        """:return: dict id of a product, units → ``lib.price.Part`` or ``Problem``"""
        products = {}
        for product, units in {pair for pairs in sold.values() for pair in pairs}:
            products.setdefault(units, []).append(product.id)
        currency = self._get_currency(channel, pricelist)
        lacking = self._get_lacking(channel, pricelist)
        parts = {}
        for units, ids in products.items():
            of_units = self.env["product.product"].browse(sorted(ids))
            regular = self._ask(pricelist, of_units, units, currency, date)
            reduced = {}
            if channel.promotion_pricelist_id:
                reduced = self._ask(
                    channel.promotion_pricelist_id, of_units, units, currency, date
                )
            for product in of_units:
                parts[product.id, units] = self._get_part(
                    channel,
                    pricelist,
                    product,
                    units,
                    (regular[product.id], reduced.get(product.id)),
                    lacking,
                    date,
                )
        return parts

    @api.model
    def _ask(self, pricelist, products, units, currency, date):
        """What a pricelist gives for so many units of products.

        :param pricelist: none for the products' own prices
        :return: dict id of a product → price of a unit in the currency, and the rule
        """
        asked = pricelist.currency_id or currency
        rules = self.env["product.pricelist.item"]
        found = {}
        for some in split_every(CHUNK, products.ids, products.browse):
            some = some.with_prefetch(products.ids)
            for id_, (price, rule) in pricelist._compute_price_rule(
                some, units, currency=asked, date=date
            ).items():
                if asked != currency:
                    price = asked._convert(
                        price, currency, self.env.company, date, round=False
                    )
                found[id_] = price, rules.browse(rule)
        return found

    @api.model
    def _get_part(self, channel, pricelist, product, units, prices, lacking, date):
        (price, rule), reduced = prices
        company = self._get_company(channel)
        currency = self._get_currency(channel, pricelist)
        promoted = bool(reduced and reduced[1])
        converted = not rule or rule.compute_price != "fixed"
        unknown = currency & lacking
        if not (converted or promoted or channel.price_floor):
            unknown = unknown.browse()
        crossed = self._get_crossed(pricelist, rule)
        if promoted:
            crossed |= self._get_crossed(channel.promotion_pricelist_id, reduced[1])
        unknown |= (crossed - currency) & lacking
        if unknown:
            return Problem("price_rate_missing", {"currency": unknown[0].name})
        begins = ends = reduced_price = None
        if promoted:
            begins, ends = reduced[1].date_start or None, reduced[1].date_end or None
            reduced_price = self._show(channel, product, reduced[0], units)
        cost = 0.0
        if currency not in lacking:
            cost = product.cost_currency_id._convert(
                product.standard_price * units, currency, company, date, round=False
            )
        return Part(
            self._show(channel, product, price, units),
            reduced_price,
            begins,
            ends,
            cost,
        )

    @api.model
    def _get_taxes(self, channel, product):
        # Of thousands, the related field of the product takes very long.
        taxes = product.product_tmpl_id.taxes_id
        return taxes._filter_taxes_by_company(self._get_company(channel))

    @api.model
    def _show(self, channel, product, price, units):
        """A price of so many units as the channel shows it: ``lib.price.Shown``.

        An order that comes back at this price has it as its total, to the cent: see
        ``account.tax._get_included_twins``.
        """
        taxes = self._get_taxes(channel, product)
        mode = channel.price_tax_mode
        if mode == "none" or not taxes or parse_amount(price) is None:
            return Shown(price * units, price * units)
        details = taxes._get_tax_details(
            price, units, rounding_method="round_globally", product=product
        )
        net = details["total_excluded"]
        return Shown(details["total_included"] if mode == "included" else net, net)

    @api.model
    def _get_lists(self, channel):
        """The channel's pricelists, and those that they are based on."""
        service, channel = self._prepare(channel)
        found = channel.pricelist_id | channel.promotion_pricelist_id
        found = found.union(*channel._get_type_pricelists().values())
        new = found
        while new:
            based = service.env["product.pricelist.item"].search(
                [("pricelist_id", "in", new.ids), ("base", "=", "pricelist")]
            )
            new = based.base_pricelist_id - found
            found |= new
        return found

    @api.model
    def _get_passed(self, channel, since, until):
        """Rules that began after one moment and until another, or ended between."""
        service, channel = self._prepare(channel)
        return service.env["product.pricelist.item"].search(
            [
                ("pricelist_id", "in", service._get_lists(channel).ids),
                "|",
                "&",
                ("date_start", ">", since),
                ("date_start", "<=", until),
                "&",
                ("date_end", ">=", since),
                ("date_end", "<", until),
            ]
        )

    @api.model
    def _get_next_moment(self, channel, since):
        """When the next rule begins, or has ended; None if none does.

        :rtype: datetime
        """
        service, channel = self._prepare(channel)
        rules = service.env["product.pricelist.item"]
        lists = [("pricelist_id", "in", service._get_lists(channel).ids)]
        begins = rules.search(
            [*lists, ("date_start", ">", since)], order="date_start", limit=1
        )
        ends = rules.search(
            [*lists, ("date_end", ">=", since)], order="date_end", limit=1
        )
        # A rule counts until its end, that moment included.
        moments = [begins.date_start, ends.date_end and ends.date_end + SECOND]
        return min((moment for moment in moments if moment), default=None)

    @api.model
    def _get_opening_prices(self, channel, references):
        """What new listings cost, by the references of their rows: dict →
        :class:`..lib.opening.OpeningPrice`, or :class:`Rejected` of one that has no
        price."""
        rows = self.env["sale.channel.listing.content"].search(
            [
                ("channel_id", "=", channel.id),
                ("kind", "=", "listing"),
                ("reference", "in", list(references)),
            ]
        )
        listings = self.env["sale.channel.listing"].browse(rows.mapped("res_id"))
        prices = self._get_prices(channel, listings.exists())
        found = {listing.id: price for listing, price in prices.items()}
        return {row.reference: self._open(found.get(row.res_id)) for row in rows}

    @api.model
    def _open(self, price):
        if price is None:
            price = Problem("price_missing")
        if isinstance(price, Problem):
            return Rejected(price.code, "price", **price.params)
        return OpeningPrice(price.amount, price.currency)
