from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.charges import Charges, Question
from ..lib.price import Price, Problem, charge, reprice

ZERO = Decimal(0)


class SaleChannelCharge(models.AbstractModel):
    """What selling on a channel costs besides the goods: the channel's fee, the freight
    that the seller pays, and the company's taxes on what it sells.

    The fee is one that the channel told, see ``sale.channel.fee``: nothing here asks.

    With ``sudo``: the outcome is the same whoever asks, whatever they may see of its
    parts.
    """

    _name = "sale.channel.charge"
    _description = "Charges of Sales Channels"

    @api.model
    def _get_charges(self, channel, prices):
        """What is charged of listings at their prices.

        :param prices: dict ``sale.channel.listing`` → ``lib.price.Price``
        :return: dict listing → ``lib.charges.Charges``
        """
        channel = channel.sudo()
        fees = self._get_fees(channel, self._get_questions(channel, prices))
        charges = {}
        for listing, price in prices.items():
            freight = self._get_freight(channel, listing, price)
            charges[listing] = self._get_charge(channel, fees.get(listing), freight)
        return charges

    @api.model
    def _get_freight(self, channel, listing, price):
        """What the seller pays for sending it, in the currency of the price: the
        listing's own freight, or from some price up the channel's.

        :param listing: none for a product that is not on the channel yet
        """
        if listing and listing.own_freight:
            return self._convert(channel, listing.freight, price.currency)
        least = self._convert(channel, channel.price_freight_from, price.currency)
        if price.paid < least:
            return ZERO
        return self._convert(channel, channel.price_freight, price.currency)

    @api.model
    def _get_product_charges(self, channel, price):
        """What is charged of a product that is not on the channel yet: all but the
        fee, which its category decides.

        :param price: ``lib.price.Price``
        """
        channel = channel.sudo()
        freight = self._get_freight(channel, None, price)
        return self._get_charge(channel, ZERO, freight)

    @api.model
    def _get_charge(self, channel, fee, freight):
        return Charges(
            fee if self._tells_fees(channel) else ZERO,
            freight,
            Decimal(str(channel.price_charge_tax)),
            Decimal(str(channel.price_turnover_tax)),
        )

    @api.model
    def _tells_fees(self, channel):
        traits = channel._get_catalog_traits()
        return bool(traits and traits.fees)

    @api.model
    def _convert(self, channel, amount, currency):
        """An amount of the company in a currency, by its code."""
        company = channel.company_id or self.env.company
        if not amount or currency == company.currency_id.name:
            return Decimal(str(amount or 0))
        money = self.env["res.currency"].with_context(active_test=False)
        money = money.search([("name", "=", currency)], limit=1)
        found = company.currency_id._convert(
            amount, money, company, fields.Date.today(), round=False
        )
        return Decimal(str(found))

    @api.model
    def _get_questions(self, channel, prices):
        """What the fees of listings depend on: dict listing → ``lib.charges.Question``;
        those whose category nobody knows are absent."""
        if not self._tells_fees(channel) or not prices:
            return {}
        listings = self.env["sale.channel.listing"].concat(*prices)
        found = channel._get_provider()._get_fee_classes(channel, listings)
        return {
            listing: Question(*found[listing], price.paid, price.currency)
            for listing, price in prices.items()
            if found.get(listing)
        }

    @api.model
    def _get_fees(self, channel, questions):
        """The fees that are known: dict listing → amount."""
        rows = self.env["sale.channel.fee"].sudo()._find(channel, questions.values())
        return {
            listing: Decimal(str(rows[question].amount))
            for listing, question in questions.items()
            if question in rows and rows[question].known
        }

    @api.model
    def _get_categories(self, channel, listings):
        """The channel's categories of listings, as it has them or shall have them: dict
        listing → its id; those of which none is known are absent."""
        contents = self.env["sale.channel.listing.content"].sudo()
        found = self.env["sale.channel.remote.listing"].sudo()
        contents.flush_model(["channel_id", "kind", "res_id", "seen", "wanted"])
        found.flush_model(["listing_id", "content"])
        # In the database: the contents of a thousand listings are megabytes.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT res_id, COALESCE(seen ->> 'category', wanted ->> 'category')
                  FROM %s
                 WHERE channel_id = %s AND kind = 'listing' AND res_id = ANY(%s)
                 UNION ALL
                SELECT listing_id, content ->> 'category'
                  FROM %s WHERE listing_id = ANY(%s)
                """,
                SQL.identifier(contents._table),
                channel.id,
                listings.ids,
                SQL.identifier(found._table),
                listings.ids,
            )
        )
        known = {}
        for id_, category in rows:
            if category:
                known.setdefault(id_, category)
        return {one: known[one.id] for one in listings if one.id in known}

    @api.model
    def _describe(self, price):
        """What is left of a price: a code of ``sale.channel.text`` and parameters.

        :param price: ``lib.price.Price``, or ``Problem``
        """
        if not isinstance(price, Price):
            return False, False
        weighed = price.weighed
        params = {
            name: f"{getattr(weighed, name) or 0:.2f}"
            for name in ("net", "fee", "freight", "taxes", "cost", "amount")
        }
        params["currency"] = price.currency
        if weighed.fee is None:
            return "margin_fee_unknown", params
        if weighed.cost is None:
            params["amount"] = f"{weighed.proceeds:.2f}"
            return "margin_cost_unknown", params
        return "margin_left", {**params, "percent": f"{weighed.margin:.1f}"}

    @api.model
    def _fill(self, listings):
        """Compute what listings show of their prices."""
        there = self.env["sale.channel.listing.price"]._get_there(listings)
        for channel, some in listings.grouped("channel_id").items():
            told = self._tell(channel, some)
            for listing in some:
                listing.price_there = there.get(listing.id)
                listing.update(told[listing])

    @api.model
    def _tell(self, channel, listings):
        """What people are told of listings' prices: dict listing → its fields."""
        service, texts = self.env["sale.channel.price"], self.env["sale.channel.text"]
        prices = service._get_unlimited(channel, listings)
        limited = service._limit(channel, prices)
        promoted = self._get_promoted(channel, prices)
        told = {}
        for listing, price in prices.items():
            known = isinstance(price, Price)
            problem = limited[listing]
            told[listing] = {
                "price_wanted": known and float(price.amount),
                "price_margin": known and float(price.margin or 0),
                "price_left": texts._format(*self._describe(price)),
                "price_promotion_left": texts._format(
                    *self._describe(promoted.get(listing))
                ),
                "price_problem": isinstance(problem, Problem)
                and texts._format(problem.code, problem.params),
            }
        return told

    @api.model
    def _get_promoted(self, channel, prices):
        """What listings leave while a promotion of the channel's own runs, at what
        buyers pay of it.

        :param prices: dict listing → ``lib.price.Price`` or ``Problem``
        :return: dict listing → ``lib.price.Price``, of those that are promoted
        """
        listings = self.env["sale.channel.listing"].concat(*prices)
        rows = self.env["sale.channel.listing.report"]._get_rows(listings, "price")
        promoted = {
            listing: reprice(price, Decimal(str(rows[listing.id].paid)))
            for listing, price in prices.items()
            if isinstance(price, Price) and listing.id in rows and rows[listing.id].paid
        }
        if not promoted:
            return {}
        charges = self._get_charges(channel, promoted)
        return {one: charge(price, charges[one]) for one, price in promoted.items()}

    @api.model
    def _note(self, channel, listings):
        """Keep what listings leave at their prices of today, and ask for the fees that
        nobody knows.

        :return: whether there is something to ask
        """
        channel = channel.sudo()
        prices = self.env["sale.channel.price"]._get_unlimited(channel, listings)
        known = {key: one for key, one in prices.items() if isinstance(one, Price)}
        questions = self._get_questions(channel, known)
        promoted = self._get_promoted(channel, known)
        others = self._get_questions(channel, promoted)
        fees = self.env["sale.channel.fee"].sudo()
        rows, asked = fees._ensure(channel, [*questions.values(), *others.values()])
        self.env["sale.channel.listing.margin"].sudo()._store(
            channel,
            listings,
            known,
            {
                listing: rows[question]
                for listing, question in questions.items()
                if question in rows
            },
        )
        return asked
