import logging

import psycopg2

from odoo import fields, models
from odoo.exceptions import ConcurrencyError

_logger = logging.getLogger(__name__)

# Create and confirm of this many orders takes about a second, and larger batches
# are no faster.
PROCESS_LIMIT = 20
CONFLICT_TRIES = 4


class SaleChannelFlow(models.Model):
    _inherit = "sale.channel.flow"

    kind = fields.Selection(
        selection_add=[("orders_in", "Orders In")], ondelete={"orders_in": "cascade"}
    )

    def _get_priority(self):
        return 3 if self.kind == "orders_in" else super()._get_priority()

    def _run_steps(self, run):
        if self.kind != "orders_in":
            yield from super()._run_steps(run)
            return
        orders = self.env["sale.channel.order"]
        source = self.channel_id._get_order_source()
        state = self._get_state()
        more = True
        while more:
            page = source.search(
                state.cursor or {},
                self.channel_id.orders_from or fields.Datetime.now(),
                fields.Datetime.now(),
                self.batch_size,
            )
            received = orders._receive(self.channel_id, page.references)
            state.cursor = page.cursor
            run._count(received=len(received))
            more = page.more
            run._count(call=source.take_calls())
            yield False
            yield from self._work_steps(run, source)

    def _work_steps(self, run, source):
        """Fetch, import and reserve what is due, batch by batch."""
        orders = self.env["sale.channel.order"]
        limit = min(self.batch_size, PROCESS_LIMIT)
        while rows := orders._claim([("channel_id", "=", self.channel_id.id)], limit):
            yield False
            rows._fetch(source)
            run._count(call=source.take_calls())
            yield False
            imported = self._retry_conflicts(rows._process)
            failed = rows.filtered(lambda r: r.sync_state in ("error", "blocked"))
            run._count(processed=len(rows), failed=len(failed))
            yield False
            self._retry_conflicts(imported._reserve_stock)
            yield True

    def _retry_conflicts(self, unit):
        """Do a unit of work again when another transaction was faster.

        Nothing may be pending before it: a conflict rolls the transaction back.
        """
        for attempt in range(CONFLICT_TRIES):
            try:
                result = unit()
                self.env.flush_all()
            except (psycopg2.OperationalError, ConcurrencyError) as error:
                self.env.cr.rollback()
                self.env.invalidate_all()
                if attempt + 1 == CONFLICT_TRIES:
                    raise
                _logger.info("flow %s tries again: %s", self.id, error)
                continue
            return result
        return None
