from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.channel_base.lib.errors import (
    ChannelError,
    Rejected,
    is_unreachable,
)
from odoo.addons.channel_base.lib.steps import Step

from ..lib.charges import Question

# How long what a channel told is believed, and how long what nobody asks for is kept
FRESH_DAYS = 14
# What was told in one hour gets old within the second half of that time, by its id, so
# that it is not asked for again in one hour.
SPREAD_HOURS = FRESH_DAYS * 24 // 2
# What could not be told is asked for again by the next daily look.
FAILED_HOURS = 20
KEEP_DAYS = 30
PURGE_LIMIT = 10_000
FLOW = "fees_in"
# Listings looked at in one transaction
PAGE = 500
LISTING = "sale.channel.listing"


class SaleChannelFee(models.Model):
    """What a channel takes of a sale: its answer to one question, of a category, a
    listing type and a price.

    Channels do not tell how their fees are made up, so none is worked out from
    another: each price is asked for, once for all listings that have it.

    With ``sudo``: what waits for a fee goes on, whoever asked.
    """

    _name = "sale.channel.fee"
    _inherit = "sale.channel.sync.mixin"
    _description = "Fee of a Sales Channel"
    _order = "channel_id, category, listing_type, price, id"

    channel_id = fields.Many2one(
        "sale.channel", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    category = fields.Char(required=True, readonly=True)
    listing_type = fields.Char(required=True, readonly=True, default="")
    price = fields.Float(required=True, readonly=True, digits="Product Price")
    currency = fields.Char(required=True, readonly=True)
    known = fields.Boolean(readonly=True)
    amount = fields.Float("Fee", readonly=True, digits="Product Price")
    percentage = fields.Float(readonly=True, digits=(16, 2))
    fixed = fields.Float("Fixed Part", readonly=True, digits="Product Price")

    _question_uniq = models.Constraint(
        "UNIQUE (channel_id, price, category, listing_type, currency)",
        "This fee of the channel is known already.",
    )

    @api.model
    def _get_flow_kinds(self):
        return [FLOW]

    @api.model
    def _count_open(self, channels):
        """They keep nothing from going out; margins show what is not known."""
        return {}

    @api.model
    def _get_lag_domain(self):
        return [(0, "=", 1)]

    @api.depends("category", "listing_type", "price", "currency")
    def _compute_display_name(self):
        for row in self:
            parts = (row.category, row.listing_type, f"{row.price:g} {row.currency}")
            row.display_name = " · ".join(part for part in parts if part)

    def _get_question(self):
        self.ensure_one()
        return Question(
            self.category, self.listing_type, _exact(self.price), self.currency
        )

    @api.model
    def _find(self, channel, questions):
        """The rows of questions: dict ``lib.charges.Question`` → row."""
        wanted = set(questions)
        if not wanted:
            return {}
        rows = self.search(
            [
                ("channel_id", "=", channel.id),
                ("price", "in", list({float(one.price) for one in wanted})),
                ("category", "in", list({one.category for one in wanted})),
            ]
        )
        found = {row._get_question(): row for row in rows}
        exact = {one: _normalise(one) for one in wanted}
        return {one: found[key] for one, key in exact.items() if key in found}

    @api.model
    def _ensure(self, channel, questions):
        """The rows of questions; those that are new or old are to be asked.

        :return: dict question → row, and whether there is something to ask
        """
        rows = self._find(channel, questions)
        lacking = list(
            dict.fromkeys(_normalise(one) for one in questions if one not in rows)
        )
        made = self.create(
            [
                {
                    "channel_id": channel.id,
                    "category": one.category,
                    "listing_type": one.listing_type,
                    "price": float(one.price),
                    "currency": one.currency,
                }
                for one in lacking
            ]
        )
        new = dict(zip(lacking, made, strict=True))
        rows |= {one: new[_normalise(one)] for one in questions if one not in rows}
        # Those that are told to nobody any more are asked for no more.
        old = self.concat(*rows.values()).filtered(lambda row: row._is_old())
        old.write(old._prepare_retry_values())
        return rows, bool(made or old)

    def _is_old(self):
        """Whether to ask again."""
        self.ensure_one()
        now = fields.Datetime.now()
        if self.sync_state == "error":
            return self.write_date < now - timedelta(hours=FAILED_HOURS)
        spread = timedelta(hours=self.id % SPREAD_HOURS)
        limit = now - timedelta(days=FRESH_DAYS) + spread
        return self.sync_state == "done" and self.last_synced_at <= limit

    @api.model
    def _ask_failed(self, listings):
        """Ask again for what the channel did not tell of listings."""
        margins = self.env["sale.channel.listing.margin"].sudo()
        margins = margins.search([("listing_id", "in", listings.ids)])
        margins.fee_id.filtered(lambda row: row.sync_state == "error")._make_due()

    @api.model
    def _run_steps(self, flow, run):
        """Look at what all listings leave, once a day, and ask what is not known.

        :param flow: ``sale.channel.flow``
        :raises ChannelError: the channel cannot be asked
        """
        channel = flow.channel_id
        reader = channel._get_provider()._get_fee_reader(channel)
        state = flow._get_state()
        if state.full_run:
            yield from self._look_steps(flow)
        domain = [("channel_id", "=", channel.id)]
        # First what prices may wait for, then what is known already
        while rows := self._claim(domain, flow.batch_size, order="known, id"):
            questions = [row._get_question() for row in rows]
            yield Step.COMMIT
            answers = self._ask(reader, questions)
            flow._retry_conflicts(rows._store_answers, answers)
            failed = rows.filtered(lambda row: row.sync_state == "error")
            run._count(received=len(rows), failed=len(failed), call=reader.take_calls())
            yield Step.BATCH_END
            errors = list(answers.values())
            if all(map(is_unreachable, errors)):
                raise errors[0]

    @api.model
    def _look_steps(self, flow):
        """Look at all listings, page by page."""
        state, channel = flow._get_state(), flow.channel_id
        begun = {"request": state.requests_seen}
        if (state.cursor or {}).get("request") != begun["request"]:
            state.cursor = {**begun, "id": 0}
        while True:
            listings = self.env[LISTING].search(
                [("channel_id", "=", channel.id), ("id", ">", state.cursor["id"])],
                order="id",
                limit=PAGE,
            )
            if not listings:
                break
            flow._retry_conflicts(
                self.env["sale.channel.charge"]._note, channel, listings
            )
            state.cursor = {**begun, "id": listings[-1].id}
            # However many pages there are, memory holds one.
            self.env.invalidate_all()
            yield Step.BATCH_END
        state.cursor = False

    @api.model
    def _ask(self, reader, questions):
        try:
            return reader.ask(questions)
        except ChannelError as error:
            return dict.fromkeys(questions, error)

    def _store_answers(self, answers):
        """Keep what a channel told, and what that leaves of listings.

        :param answers: dict question → ``lib.charges.Fee``, or the error
        """
        for row in self:
            answer = answers.get(row._get_question())
            if answer is None:
                row._mark_failed(Rejected("fee_unanswered"))
            elif isinstance(answer, Exception):
                row._mark_failed(answer)
            else:
                row._mark_done(
                    known=True,
                    amount=float(answer.amount),
                    percentage=float(answer.percentage or 0),
                    fixed=float(answer.fixed or 0),
                )
        told = self.filtered(lambda row: row.sync_state == "done")
        margins = self.env["sale.channel.listing.margin"].sudo()
        concerned = margins.search([("fee_id", "in", told.ids)]).listing_id
        for channel, listings in concerned.grouped("channel_id").items():
            self.env["sale.channel.charge"]._note(channel, listings)
            if channel.price_floor:
                # What waited to be known decides whether they go out.
                changes = {(LISTING, id_) for id_ in listings.ids}
                self.env["sale.channel.change"]._add(changes)

    @api.autovacuum
    def _gc_fees(self):
        """Delete what no listing has asked for in a long time."""
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        used = self.env["sale.channel.listing.margin"]._search(
            [("fee_id", "!=", False)]
        )
        rows = self.search(
            Domain("write_date", "<", limit)
            & Domain("id", "not in", used.subselect("fee_id")),
            limit=PURGE_LIMIT,
        )
        count = len(rows)
        rows.unlink()
        return count, count == PURGE_LIMIT


def _exact(price):
    """A price of the database without the noise of floats."""
    return Decimal(str(price)).normalize()


def _normalise(question):
    return Question(
        question.category,
        question.listing_type,
        _exact(float(question.price)),
        question.currency,
    )
