from datetime import timedelta

from odoo import fields, models

from ..lib.budget import WINDOW, Spent

# Orders that do not exist and are looked up in a window all the same. An order that
# does exist costs nothing of it.
GHOST_LIMIT = 60
# Of the calls that the account has, those for readings that brought nothing new.
VAIN_SHARE = 0.1
# Between searches that announcements cause.
SEARCH_PAUSE = timedelta(seconds=2)


class SaleChannelFlowState(models.Model):
    _inherit = "sale.channel.flow.state"

    ghosts_since = fields.Datetime()
    ghost_count = fields.Integer(
        help="Announced orders that the channel did not know, since then."
    )
    vain_since = fields.Datetime()
    vain_calls = fields.Integer(
        help="Calls for announced orders that had not changed, since then."
    )

    def _get_ghost_room(self):
        """How many orders that nobody knows may still be looked up."""
        spent = Spent(self.ghosts_since or None, self.ghost_count)
        return spent.room(GHOST_LIMIT, fields.Datetime.now())

    def _add_ghosts(self, count):
        self._add("ghosts_since", "ghost_count", count)

    def _get_reading_moment(self):
        """When an order that is announced may be read again; None: now."""
        channel = self.flow_id.channel_id
        per_minute = channel._get_provider()._get_calls_per_minute(channel)
        limit = int(per_minute * WINDOW.total_seconds() / 60 * VAIN_SHARE)
        spent = Spent(self.vain_since or None, self.vain_calls)
        return spent.until(limit, fields.Datetime.now())

    def _add_vain_calls(self, count):
        self._add("vain_since", "vain_calls", count)

    def _add(self, since, amount, count):
        spent = Spent(self[since] or None, self[amount])
        spent = spent.plus(count, fields.Datetime.now())
        self.write({since: spent.since, amount: spent.amount})

    def _get_search_pause(self):
        """Seconds until announcements may cause another search."""
        if not self.last_run_at:
            return 0.0
        passed = fields.Datetime.now() - self.last_run_at
        wait = SEARCH_PAUSE - passed
        return min(max(wait, timedelta(0)), SEARCH_PAUSE).total_seconds()
