from dataclasses import replace
from datetime import datetime

from odoo import api, fields, models

from odoo.addons.channel_base.tools.client import RELOAD
from odoo.addons.channel_outgoing.lib.writer import UNREAD
from odoo.addons.channel_outgoing.models.sale_channel_outgoing_queue import LOOKED_AT

from ..lib.contents import (
    CAUTIOUS,
    ENDS_PROMOTION,
    ENDS_SHARED,
    INSIST,
    PRICES,
    SHARED,
    SHARED_KEPT,
)
from ..lib.remote import get_item

AUTOMATED = "price_automated"
# What a row says that a person left, by the question that was asked
LEFT = {
    ENDS_PROMOTION: "price_left",
    ENDS_SHARED: "price_left",
    SHARED_KEPT: "price_shared_left",
}


class SaleChannelListingPrice(models.Model):
    """What a listing shall cost on a channel.

    A channel may set a price itself, or have a promotion that a lower price would end:
    the row says so, and nothing is sent until that is over or a person wants it.

    With ``sudo``: what the channel has is compared as its flows do, whoever asks.
    """

    _name = "sale.channel.listing.price"
    _inherit = "sale.channel.outgoing.mixin"
    _description = "What a listing shall cost on a channel"

    _outgoing_family = PRICES
    _outgoing_flow = "price_out"
    _outgoing_planner = "sale.channel.listing.price.planner"

    item = fields.Char("External ID of Price", readonly=True)
    amount = fields.Float(readonly=True)
    currency = fields.Char(readonly=True)
    promotion_amount = fields.Float("Promotional Price", readonly=True)
    promotion_from = fields.Char(readonly=True)
    promotion_until = fields.Char(readonly=True)
    answer = fields.Selection(
        [("send", "Send anyway"), ("leave", "Leave it")],
        readonly=True,
        guard="server",
        help="What a person wants of the price that the channel was asked to take.",
    )
    answered_hash = fields.Char(readonly=True, guard="server")
    answered_by_id = fields.Many2one(
        "res.users", "Answered by", readonly=True, guard="server", ondelete="set null"
    )
    paid = fields.Float(
        "Buyers Pay",
        readonly=True,
        guard="server",
        help="While a promotion of the channel's own runs, as far as it was seen.",
    )
    paid_until = fields.Datetime("Promotion Ends", readonly=True, guard="server")

    @api.model
    def _selection_kind(self):
        return [("price", self.env._("Price"))]

    @api.model
    def _get_writer(self, channel):
        return channel._get_provider()._get_price_writer(channel)

    @api.model
    def _get_there(self, listings):
        """What channels took the last time: dict id of a listing → price."""
        rows = self.search_fetch(
            [
                ("channel_id", "in", listings.channel_id.ids),
                ("kind", "=", "price"),
                ("res_id", "in", listings.ids),
            ],
            ["res_id", "content_hash"],
        )
        kind = self._outgoing_family["price"]
        contents = {row.res_id: kind.parse(row.content_hash) for row in rows}
        return {id_: content["amount"] for id_, content in contents.items() if content}

    @api.model
    def _add_dry_run_notes(self, channel, lines):
        """What a price leaves is known before it is sent."""
        sent = {line["res_id"]: line for line in lines if line["action"] == "change"}
        listings = self.env["sale.channel.listing"].browse(sent)
        prices = self.env["sale.channel.price"]._get_unlimited(channel, listings)
        for listing, price in prices.items():
            code, params = self.env["sale.channel.charge"]._describe(price)
            sent[listing.id].update(note_code=code, note_params=params)

    def _get_entries(self):
        """Tell the writer which ones a person insists on, which ones were not taken
        before, and which ones are the price of others too."""
        entries = super()._get_entries()
        shared = self.env[self._outgoing_planner]._get_shared(
            self.channel_id, self.mapped("item")
        )
        for row in self.filtered(lambda row: row.reference in entries):
            entry = entries[row.reference]
            manner = {
                INSIST: row._is_answered("send"),
                CAUTIOUS: row.error_code == AUTOMATED,
            }
            more = {name: True for name, holds in manner.items() if holds}
            if others := shared.get(get_item(row.item or "")):
                more[SHARED] = others
            if more:
                content = {**entry.content, **more}
                entries[row.reference] = replace(entry, content=content)
        return entries

    def _store_sent(self, content, external_id, details=None):
        result = super()._store_sent(content, external_id, details)
        self.write(
            {
                **self._prepare_paid(details),
                "answer": False,
                "answered_hash": False,
                "answered_by_id": False,
            }
        )
        return result

    def _store_results(self, entries, results, run):
        """What went out is the price of the item's other variations as well: whether
        they have something to ask yet is looked at."""
        result = super()._store_results(entries, results, run)
        done = self.filtered(lambda row: row.sync_state == "done")
        siblings = done._get_siblings()
        siblings.filtered(lambda row: row.sync_state in LOOKED_AT)._look()
        return result

    def _prepare_failure(self, error):
        """What a person has decided is not asked again."""
        values = super()._prepare_failure(error)
        if values["sync_state"] == "asks" and self._is_answered("leave"):
            values.update(sync_state="kept", error_code=LEFT[values["error_code"]])
        params = values.get("error_params") or {}
        if values["sync_state"] in ("asks", "kept"):
            values.update(self._prepare_paid(params))
        return values

    def _note_seen(self, found, run):
        differing = super()._note_seen(found, run)
        for row in self.filtered(lambda row: row.reference in found):
            details = found[row.reference].details
            values = {} if UNREAD in details else row._prepare_paid(details)
            if any(row[name] != value for name, value in values.items()):
                row.write(values)
        return differing

    @api.model
    def _prepare_paid(self, details):
        """What buyers pay, as a writer tells it; see :mod:`..lib.contents`."""
        details = details or {}
        until = details.get("paid_until")
        return {
            "paid": float(details.get("paid") or 0),
            "paid_until": until and datetime.fromisoformat(until.removesuffix("Z")),
        }

    def _retry(self):
        """What a price waits for is asked for as well."""
        listings = self.env["sale.channel.listing"].browse(self.mapped("res_id"))
        self.env["sale.channel.fee"].sudo()._ask_failed(listings)
        return super()._retry()

    def _is_question(self, again=False):
        """Whether a person is asked.

        :param again: also whether one who left it may think better of it
        """
        self.ensure_one()
        if self.sync_state == "asks":
            return self.error_code in LEFT
        left = self.sync_state == "kept" and self.error_code in LEFT.values()
        return again and left

    def _get_siblings(self):
        """The other rows of the items of which these are variations, of channels where
        an item has one price."""
        siblings = self.browse()
        listings = self.env["sale.channel.listing"].sudo()
        for channel, rows in self.grouped("channel_id").items():
            sharing = self.env[self._outgoing_planner]._get_sharing(
                channel, listings.browse(rows.mapped("res_id")).exists()
            )
            ids = listings.concat(*sharing.values()).ids
            siblings |= self.search(
                [
                    ("channel_id", "=", channel.id),
                    ("kind", "=", "price"),
                    ("operation", "=", "put"),
                    ("res_id", "in", ids),
                ]
            )
        return siblings - self

    def _is_answered(self, answer):
        """Whether a person has answered so, for the price that is wanted now."""
        self.ensure_one()
        return self.answer == answer and self.answered_hash == self.wanted_hash

    def action_send_anyway(self):
        """Send the prices whatever they would change there, once.

        :raises AccessError: the user may not see them, or is no channel user
        """
        return self._answer("send")

    def action_leave(self):
        """Leave the channel its prices until nothing is to be asked any more.

        :raises AccessError: the user may not see them, or is no channel user
        """
        return self._answer("leave")

    def _answer(self, answer):
        self._check_operator()
        again = answer == "send"
        rows = self.filtered(lambda row: row._is_question(again)).sudo()
        # The variations of an item have one price, and one answer.
        siblings = rows._get_siblings()
        rows |= siblings.filtered(lambda row: row._is_question(again))
        waiting = siblings.filtered(lambda row: row.sync_state == "pending")
        for row in rows | waiting:
            row.write(
                {
                    "answer": answer,
                    "answered_hash": row.wanted_hash,
                    "answered_by_id": self.env.uid,
                }
            )
        if answer == "leave":
            for row in rows:
                row.write({"sync_state": "kept", "error_code": LEFT[row.error_code]})
        else:
            rows._make_due()
        return RELOAD
