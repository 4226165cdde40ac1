from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.channel_outgoing.models.sale_channel_outgoing_queue import LOOKED_AT

from ..lib.status import ListingStatus

# What is sent of a listing → its rows, and their kind
FAMILIES = {
    "content": ("sale.channel.listing.content", "listing"),
    "stock": ("sale.channel.listing.stock", "stock"),
    "price": ("sale.channel.listing.price", "price"),
}
FAILED = ("error", "blocked")
GONE = ListingStatus("listing_gone", advice="listing_gone_advice", attention=True)


class SaleChannelListingReport(models.AbstractModel):
    """What became of listings: what was sent last, what waits, what was refused.

    With ``sudo``: the states of what somebody sees are on rows that they need not see.
    """

    _name = "sale.channel.listing.report"
    _description = "What Became of Listings"

    @api.model
    def _get_rows(self, listings, name):
        """The rows of a family (sudo): dict id of the listing → row."""
        model, kind = FAMILIES[name]
        rows = self.env[model].sudo()
        rows = rows.search(
            [
                ("channel_id", "in", listings.channel_id.ids),
                ("kind", "=", kind),
                ("res_id", "in", listings.ids),
            ]
        )
        return {row.res_id: row for row in rows}

    @api.model
    def _get_domain(self, name, states):
        """Listings of which a family's row is in a state; False: there is none."""
        model, kind = FAMILIES[name]
        rows = self.env[model].sudo()
        known = [state for state in states if state]
        found = rows._search([("kind", "=", kind), ("sync_state", "in", known)])
        domain = Domain("id", "in", found.subselect("res_id"))
        if False in states:
            there = rows._search([("kind", "=", kind)])
            domain |= Domain("id", "not in", there.subselect("res_id"))
        return domain

    @api.model
    def _get_failed(self, listings):
        """What the channel refused of listings and of the products that group them.

        :return: dict listing → list of rows of the outbox (sudo)
        """
        found = {listing: [] for listing in listings}
        for name in FAMILIES:
            rows = self._get_rows(listings, name)
            for listing in listings:
                row = rows.get(listing.id)
                if row and row.sync_state in FAILED:
                    found[listing].append(row)
        groups = self.env["sale.channel.listing.content"].sudo()
        groups = groups.search(
            [
                ("channel_id", "in", listings.channel_id.ids),
                ("kind", "=", "product"),
                ("res_id", "in", listings.channel_product_id.ids),
                ("sync_state", "in", FAILED),
            ]
        ).grouped("res_id")
        for listing in listings:
            found[listing] += groups.get(listing.channel_product_id.id, ())
        return {listing: rows for listing, rows in found.items() if rows}

    @api.model
    def _get_problems(self, listings):
        """The reasons in the user's language: dict listing → text."""
        texts = self.env["sale.channel.text"]
        return {
            listing: "\n".join(dict.fromkeys(texts._explain(row) or "" for row in rows))
            for listing, rows in self._get_failed(listings).items()
        }

    @api.model
    def _get_price_notes(self, listings):
        """Why channels keep their own prices, and what buyers pay while a promotion of
        the channel's runs: dict id of the listing → two texts, each maybe False, and
        whether the price goes out if somebody wants it."""
        texts, notes = self.env["sale.channel.text"], {}
        for id_, row in self._get_rows(listings, "price").items():
            reason = row.sync_state in LOOKED_AT and texts._explain(row)
            paid = row.paid and f"{row.paid:.2f}"
            if paid and row.paid_until:
                until = fields.Datetime.context_timestamp(listings, row.paid_until)
                paid = self.env._(
                    "%(paid)s until %(until)s",
                    paid=paid,
                    until=until.strftime("%Y-%m-%d %H:%M"),
                )
            notes[id_] = reason or False, paid or False, row._is_question(again=True)
        return notes

    @api.model
    def _get_sent_texts(self, listings, name):
        """What was sent last: dict id of the listing → text, or a table (HTML)."""
        rows = self._get_rows(listings, name)
        if name == "content":
            return {id_: row._get_table() for id_, row in rows.items()}
        return {id_: row.seen_text for id_, row in rows.items()}

    @api.model
    def _tell_problems(self, problems):
        """Problems in the user's language, each on a line with the field that it is of.

        :param problems: pairs of a code and its parameters
        """
        texts, catalog = self.env["sale.channel.text"], self.env["sale.channel.catalog"]
        lines = []
        for code, params in problems:
            field, sentence = params.get("field"), texts._format(code, params)
            label = field and catalog._get_label(field)
            lines.append(f"{label}: {sentence}" if label else sentence)
        return "\n".join(dict.fromkeys(lines))

    @api.model
    def _fill_states(self, listings):
        """Compute in which states the listings' rows are."""
        for name in FAMILIES:
            rows = self._get_rows(listings, name)
            for listing in listings:
                row = rows.get(listing.id)
                listing[f"{name}_state"] = row and row.sync_state
                listing[f"{name}_synced_at"] = row and row.last_synced_at

    @api.model
    def _get_price_rows(self, listings):
        """What channels were told of the listings' prices, with the user's own rights.

        :raises AccessError: the user may not see the listings
        """
        listings.check_access("read")
        rows = self._get_rows(listings, "price")
        return self.env["sale.channel.listing.price"].concat(*rows.values()).sudo(False)

    @api.model
    def _fill(self, listings):
        """Compute what the listings show of it."""
        problems = self._get_problems(listings)
        prices = self._get_price_notes(listings)
        texts = {name: self._get_sent_texts(listings, name) for name in FAMILIES}
        for listing in listings:
            listing.problem = problems.get(listing)
            listing.content_table = texts["content"].get(listing.id)
            listing.stock_sent = texts["stock"].get(listing.id)
            listing.price_sent = texts["price"].get(listing.id)
            reason, paid, asked = prices.get(listing.id, (False, False, False))
            listing.price_reason, listing.price_paid = reason, paid
            listing.price_asked = asked

    @api.model
    def _get_status(self, listing):
        """How a listing stands: :class:`..lib.status.ListingStatus`; None when the
        channel has no more to say than its own word."""
        if not listing.external_id or not listing.channel_id:
            return None
        provider, word = (
            listing.channel_id._get_provider(),
            listing.channel_status or "",
        )
        found = word and provider._describe_listing_status(listing.channel_id, word)
        if listing.missing_since and not (found and found.attention):
            return GONE
        return found or None

    @api.model
    def _tell_status(self, listing):
        """How a listing stands, and what to do: two texts, each maybe False."""
        texts, status = self.env["sale.channel.text"], self._get_status(listing)
        if not status:
            return listing.channel_status, False
        advice = status.advice and texts._format(status.advice, status.params)
        return texts._format(status.code, status.params), advice or False

    @api.model
    def _open_outgoing(self, listings):
        """Open all that goes out of listings: an action."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_outgoing.sale_channel_outgoing_action"
        )
        domain = [
            "|",
            "&",
            ("record_id", "in", listings.ids),
            ("row_model", "in", [model for model, _kind in FAMILIES.values()]),
            "&",
            ("record_id", "in", listings.channel_product_id.ids),
            ("row_model", "=", FAMILIES["content"][0]),
        ]
        return {**action, "domain": domain, "context": {}}
