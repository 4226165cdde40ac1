import logging

from odoo import api, fields, models

from odoo.addons.channel_base.lib.errors import ChannelError, Retryable

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

    _slot_uniq = models.Constraint(
        "UNIQUE (order_id, slot)", "Each answer is given once."
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
        wanted = orders.filtered(
            lambda row: (
                row.channel_id._get_slot_status(slot)
                and slot not in row.answer_ids.mapped("slot")
            )
        )
        if slot == "return":
            # Retried with success: what was not yet told need not be.
            wanted.answer_ids.filtered(
                lambda answer: answer.slot == "rejected" and answer.sync_state != "done"
            )._mark_done(outcome="superseded")
        answers = self.sudo().create(
            [
                {
                    "order_id": row.id,
                    "channel_id": row.channel_id.id,
                    "slot": slot,
                    "status": row.channel_id._get_slot_status(slot),
                }
                for row in wanted
            ]
        )
        if answers:
            answers.channel_id._wake_flows(self._get_flow_kinds())
        return answers

    def _get_external_ids(self):
        """What the channel is called with: (answer's id, order, status) each."""
        return [
            (answer.id, answer.order_id.external_id, answer.status)
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
        :param wanted: see :meth:`_get_external_ids`
        :param cancelling: function that tells whether a status means a cancellation
        :return: dict answer's id → outcome or exception
        """
        results = {}
        for answer_id, external_id, status in wanted:
            try:
                now = writer.read_status(external_id)
                if now == status:
                    results[answer_id] = "already"
                elif cancelling(now):
                    results[answer_id] = "cancelled"
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
