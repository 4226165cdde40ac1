from datetime import timedelta

from odoo import api, fields, models

from ..lib.sending import find_taken_over
from ..lib.writer import UNREAD, NotTaken

# States of rows that the channel did not take as it was asked
LOOKED_AT = ("kept", "asks")
# How soon such a row is looked at again, at the earliest
LOOK_SECONDS = 15 * 60


class SaleChannelOutgoingDifferenceMixin(models.AbstractModel):
    """What somebody else changed on a channel, of the records that rows are of."""

    _name = "sale.channel.outgoing.difference.mixin"
    _inherit = "sale.channel.outgoing.intent.mixin"
    _description = "What Was Changed on a Sales Channel"

    def unlink(self):
        """Differences have no key of the database to their row."""
        self.env["sale.channel.difference"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()
        return super().unlink()

    @api.model
    def _get_taken_over(self, channel):
        """Fields of contents in which a change that somebody makes on the channel
        counts: it is not overwritten. None of them names a record."""
        return ()

    def _take_over(self, values):
        """Want what somebody changed on the channel. Heirs have it in Odoo as well, or
        the next plan takes it back.

        :param values: fields of the content, see :meth:`_get_taken_over`
        """
        self.ensure_one()
        wanted = {**(self.wanted or {}), **values}
        self.write({"wanted": wanted, "wanted_hash": self._get_kind().sign(wanted)})

    def _prepare_difference(self, before, after, run):
        return {
            "res_model": self._name,
            "res_id": self.id,
            "channel_id": self.channel_id.id,
            "kind": self.kind,
            "name": self.name,
            "run_id": run.id,
            "before": before,
            "after": after,
        }

    def _prepare_taken_over(self, values, run):
        """A difference that Odoo takes over.

        :param values: fields of the content, as the channel has them
        """
        former = {name: (self.seen or {}).get(name) for name in values}
        difference = self._prepare_difference(dict(values), former, run)
        return {**difference, "taken_over": True}

    def _note_seen(self, found, run):
        """Send rows again that are not on the channel as they were sent, but for what
        is taken over.

        What is written without reading is read here alone, so the difference is kept.

        :param found: what the channel has: dict reference → ``lib.writer.Found``
        :return: the rows that differ
        """
        differing, differences = self.browse(), []
        names = self._get_taken_over(self.channel_id)
        for row in self:
            kind, there = row._get_kind(), found.get(row.reference)
            if there and UNREAD in there.details:
                continue
            before = there and there.content
            if (there and kind.sign(before)) == (row.content_hash or None):
                continue
            if values := find_taken_over(names, row.seen, before, row.seen):
                differences.append(row._prepare_taken_over(values, run))
                row._note_taken_over(values)
                if kind.sign(before) == row.content_hash:
                    continue
            differing |= row
            if kind.absolute:
                after = kind.parse(row.content_hash)
                differences.append(row._prepare_difference(before, after, run))
        self.env["sale.channel.difference"].create(differences)
        differing.write(self._prepare_retry_values())
        return differing

    def _note_taken_over(self, values):
        """Keep what the channel has and Odoo takes over; nothing is sent."""
        self._take_over(values)
        seen = {**self.seen, **values}
        self.write({"seen": seen, "content_hash": self._get_kind().sign(seen)})

    # What the channel did not take as it was asked

    def _prepare_failure(self, error):
        values = super()._prepare_failure(error)
        if not isinstance(error, NotTaken):
            return values
        values["sync_state"] = error.state
        if error.found is not None:
            kind = self._get_kind()
            values["content_hash"] = kind.sign(error.found)
            if not kind.columns:
                values["seen"] = error.found
        if error.state in LOOKED_AT:
            # A moment that is past was no end.
            soonest = fields.Datetime.now() + timedelta(seconds=LOOK_SECONDS)
            until = error.until and max(error.until, soonest)
            values.update(attempts=0, next_attempt_at=until or False)
        return values

    @api.model
    def _look_again(self, channel, everything=False):
        """Try rows that the channel did not take, when their time has come.

        Their reason stays, so that the writer can be careful with them.
        """
        domain = [("channel_id", "=", channel.id), ("sync_state", "in", LOOKED_AT)]
        if not everything:
            domain.append(("next_attempt_at", "<=", fields.Datetime.now()))
        self.sudo().search(domain)._look()

    def _look(self):
        """Try rows now that the channel did not take."""
        now = fields.Datetime.now()
        self.write(
            {
                "sync_state": "pending",
                "attempts": 0,
                "next_attempt_at": now,
                "waiting_since": now,
            }
        )

    @api.model
    def _get_next_look(self, channel):
        """When to look at such rows again (naive UTC); False if no moment is known."""
        row = self.sudo().search_fetch(
            [
                ("channel_id", "=", channel.id),
                ("sync_state", "in", LOOKED_AT),
                ("next_attempt_at", "!=", False),
            ],
            ["next_attempt_at"],
            order="next_attempt_at",
            limit=1,
        )
        return row.next_attempt_at
