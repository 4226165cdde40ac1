import logging
from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.channel_base.lib.errors import ChannelError, Retryable

from ..lib.amounts import whole_units
from ..lib.source import Parcel
from ..lib.statuses import split

_logger = logging.getLogger(__name__)

SLOTS = [
    ("received", "Received"),
    ("return", "Confirmed"),
    ("rejected", "Rejected"),
]
# How soon an answer that has to wait for an earlier one looks again.
TURN_SECONDS = 60


class SaleChannelOrderAnswer(models.Model):
    """A status that is written back to the channel.

    The row is the intent, committed before the channel is called. The channel is read
    before it is written to, so that an answer whose process died is not repeated and
    a cancellation is never overwritten.

    With ``sudo``: answers are the server's to queue.
    """

    _name = "sale.channel.order.answer"
    _inherit = "sale.channel.sync.mixin"
    _description = "Status Sent to a Sales Channel"
    _order = "id"
    _rec_name = "status"

    order_id = fields.Many2one(
        "sale.channel.order", required=True, index=True, ondelete="cascade"
    )
    channel_id = fields.Many2one(
        "sale.channel", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    slot = fields.Selection(SLOTS, "Because it was", required=True, readonly=True)
    picking_id = fields.Many2one(
        "stock.picking",
        "Delivery",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="What has left, if the status tells of it.",
    )
    parcel_lines = fields.Json(
        readonly=True, help="Channel's line → units that have left."
    )
    status = fields.Char("Status Sent", required=True, readonly=True)
    outcome = fields.Selection(
        [
            ("written", "Written"),
            ("already", "It already had it"),
            ("cancelled", "Not sent: cancelled on the channel"),
            ("superseded", "Not sent: no longer true"),
        ],
        readonly=True,
    )

    _answer_uniq = models.UniqueIndex(
        "(order_id, slot, COALESCE(picking_id, 0))", "Each answer is given once."
    )
    _due_idx = models.Index(
        "(channel_id, next_attempt_at) WHERE sync_state = 'pending'"
    )

    @api.model
    def _get_flow_kinds(self):
        return ["orders_answer"]

    @api.model
    def _queue(self, orders, slot):
        """Note that the orders have to be answered; nothing where no slot is set.

        :param orders: inbox rows
        :param slot: received, return or rejected
        """
        if slot == "return":
            # Retried with success: what was not yet told need not be.
            orders.answer_ids.filtered(
                lambda answer: answer.slot == "rejected" and answer.sync_state != "done"
            )._mark_done(outcome="superseded")
        wanted = orders.filtered(
            lambda row: (
                row.channel_id._get_slot_status(slot)
                and slot not in row.answer_ids.mapped("slot")
                and not (slot == "return" and row.channel_id._tells_deliveries())
            )
        )
        return self._create_answers(slot, [(row, {}) for row in wanted])

    @api.model
    def _create_answers(self, slot, wanted):
        """Make the answers of a slot and wake the flow that gives them.

        :param wanted: list of pairs of an inbox row and further values
        """
        answers = self.sudo().create(
            [
                {
                    "order_id": row.id,
                    "channel_id": row.channel_id.id,
                    "slot": slot,
                    "status": row.channel_id._get_slot_status(slot),
                    **values,
                }
                for row, values in wanted
            ]
        )
        if answers:
            answers.channel_id._wake_flows(self._get_flow_kinds())
        return answers

    @api.model
    def _queue_deliveries(self, pickings):
        """Note that channels have to be told of what has just left.

        :param pickings: outgoing deliveries that are done
        """
        answers, later = self.browse(), pickings
        for picking in pickings:
            later -= picking
            for row in picking.sale_id.channel_order_ids:
                lines = self._get_parcel_lines(row, later)
                if lines:
                    # Noted before the next one, which tells what is left to tell.
                    values = {"picking_id": picking.id, "parcel_lines": lines}
                    answers |= self._create_answers("return", [(row, values)])
        return answers

    @api.model
    def _get_parcel_lines(self, row, later):
        """What has left of an order and no answer tells yet.

        Counted in whole units that the channel sold: of a pack of six, or a kit, that
        has left in part nothing is told before the rest follows.

        :param row: inbox row
        :param later: deliveries that have left as well and are told of next
        :return: dict external id of the line → units as text; nothing where the
            channel does not want to be told
        """
        if row.state != "imported" or not row.channel_id._tells_deliveries():
            return {}
        told, shares = {}, {}
        for answer in row.answer_ids:
            for ref, units in (answer.parcel_lines or {}).items():
                told[ref] = told.get(ref, 0) + Decimal(units)
        bought = (row.imported_print or {}).get("lines", {})
        for line in row.sale_order_id.order_line.filtered("channel_line_ref"):
            ref = line.channel_line_ref
            if ref not in bought:
                # What a kit consists of has lines of its own.
                ref = ref.rpartition("#")[0]
            if ref in bought and line.product_uom_qty > 0:
                left = line._get_left_before(later) / line.product_uom_qty
                shares[ref] = min(left, shares.get(ref, left))
        found = {}
        for ref, share in shares.items():
            units = whole_units(Decimal(bought[ref][0]), share) - told.get(ref, 0)
            if units > 0:
                found[ref] = str(units)
        return found

    def _get_parcel(self):
        """What has left: a :class:`..lib.source.Parcel`; None for another answer."""
        self.ensure_one()
        if not self.parcel_lines:
            return None
        tracking_url = self.picking_id.carrier_tracking_url or ""
        if not tracking_url.startswith(("http://", "https://")):
            tracking_url = ""  # a carrier with several parcels writes JSON
        return Parcel(
            f"odoo-{self.id}",
            {ref: Decimal(units) for ref, units in self.parcel_lines.items()},
            self.picking_id.carrier_tracking_ref or "",
            tracking_url,
        )

    def _get_wanted(self):
        """What the channel is called with: (id, order, status, parcel) each."""
        return [
            (
                answer.id,
                answer.order_id.external_id,
                answer.status,
                answer._get_parcel(),
            )
            for answer in self
            if answer._is_first()
        ]

    def _is_first(self):
        """Whether no earlier answer of the order is still under way."""
        earlier = self.order_id.answer_ids.filtered(lambda other: other.id < self.id)
        return "pending" not in earlier.mapped("sync_state")

    @api.model
    def _send(self, writer, wanted, cancelling):
        """Write statuses; touches no record.

        :param writer: the provider's :class:`StatusWriter`
        :param wanted: see :meth:`_get_wanted`
        :param cancelling: function that tells whether a status means a cancellation
        :return: dict answer's id → outcome or exception
        """
        results = {}
        for answer_id, external_id, status, parcel in wanted:
            try:
                now = writer.read_status(external_id)
                if not parcel and status in split(now):
                    results[answer_id] = "already"
                elif cancelling(now):
                    results[answer_id] = "cancelled"
                elif parcel:
                    told = writer.write_delivery(external_id, status, parcel)
                    results[answer_id] = "written" if told else "already"
                else:
                    writer.write_status(external_id, status)
                    results[answer_id] = "written"
            except ChannelError as error:
                results[answer_id] = error
            except Exception as error:
                # One answer's problem, not the batch's.
                _logger.exception("answer %s", answer_id)
                results[answer_id] = error
        return results

    def _store_results(self, results):
        """Keep what became of each claimed answer and tell the orders' stories."""
        for answer in self:
            result = results.get(answer.id)
            if result is None:
                # It was not its turn, which is no attempt.
                answer._mark_failed(Retryable("not its turn", TURN_SECONDS))
                answer.attempts = 0
            elif isinstance(result, Exception):
                answer._mark_failed(result)
            else:
                answer._mark_done(outcome=result)
                answer.order_id._tell("sent", f"answer_{result}", status=answer.status)
