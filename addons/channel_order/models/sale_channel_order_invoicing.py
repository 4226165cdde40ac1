from odoo import api, fields, models

from ..lib.invoicing import Verdict


class SaleChannelOrderInvoicing(models.Model):
    """The automatic invoice of a channel's sale order, and what it waits for.

    There is one row for each order that was confirmed while its channel made invoices
    automatically. ``waiting`` is before its moment; ``held`` is after it, with
    something in the way. Both are woken by events, and looked at by full runs.

    With ``sudo``: what is to be invoiced follows the orders, whoever changes them.
    """

    _name = "sale.channel.order.invoicing"
    _inherit = ["sale.channel.sync.mixin", "sale.channel.order.reason"]
    _description = "Automatic Invoice of a Channel Order"
    _order = "id desc"
    _rec_name = "sale_order_id"

    sale_order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade"
    )
    channel_id = fields.Many2one(
        "sale.channel", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    partner_id = fields.Many2one(related="sale_order_id.partner_invoice_id")
    currency_id = fields.Many2one(related="sale_order_id.currency_id")
    outcome = fields.Selection(
        [
            ("posted", "Posted"),
            ("draft", "Draft, as the channel's setting says"),
            ("held_draft", "Draft, not to be posted yet"),
            ("refused", "Draft, refused when posting"),
            ("by_hand", "Invoiced by hand"),
            ("taken_back", "Cancelled or credited by hand"),
        ],
        readonly=True,
    )
    invoice_ids = fields.Many2many(
        "account.move",
        "sale_channel_order_invoicing_move_rel",
        "invoicing_id",
        "move_id",
        "Invoices",
        readonly=True,
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    # Who may see the list need not be allowed to read invoices.
    invoice_names = fields.Char(
        "Made", compute="_compute_invoice_names", compute_sudo=True
    )
    receivable = fields.Monetary(
        "Receivable besides what the channel collected",
        readonly=True,
        help="Of what the posted invoices charge, such as taxes that come on top.",
    )

    _sale_order_uniq = models.Constraint(
        "UNIQUE (sale_order_id)", "The order's invoice is already looked after."
    )
    _due_idx = models.Index(
        "(channel_id, next_attempt_at) WHERE sync_state = 'pending'"
    )
    _open_idx = models.Index("(channel_id, id) WHERE sync_state IN ('waiting', 'held')")

    @api.model
    def _selection_sync_state(self):
        labels = {
            "waiting": self.env._("Waiting for its moment"),
            "pending": self.env._("Due"),
            "held": self.env._("Held"),
        }
        known = dict(super()._selection_sync_state())
        return list({**labels, **known, **labels}.items())

    @api.depends("invoice_ids.name", "invoice_ids.state")
    @api.depends_context("lang")
    def _compute_invoice_names(self):
        for row in self:
            row.invoice_names = ", ".join(row.invoice_ids.mapped("display_name"))

    @api.depends("outcome")
    def _compute_error_message(self):
        result = super()._compute_error_message()
        for row in self.filtered("error_message"):
            if row.outcome in ("held_draft", "refused"):
                row.error_message = self.env._(
                    "Created as draft: %(reason)s", reason=row.error_message
                )
        return result

    @api.model
    def _get_flow_kinds(self):
        return ["orders_invoice"]

    @api.model
    def _ensure(self, orders):
        """Look after the invoices of confirmed orders, where their channel wants it.

        :param orders: sale orders of channels
        """
        orders = orders.sudo().filtered(
            lambda order: order.sale_channel_id._makes_invoices()
        )
        if not orders:
            return
        known = self.sudo().search([("sale_order_id", "in", orders.ids)])
        self.sudo().create(
            [
                {"sale_order_id": order.id, "channel_id": order.sale_channel_id.id}
                for order in orders - known.sale_order_id
            ]
        )
        self._wake(orders)

    @api.model
    def _wake(self, orders):
        """Look again at orders whose invoices wait or are held: what was in the way
        may be gone. What is settled, or failed, stays as it is.

        :param orders: sale orders, of any kind
        """
        orders = orders.sudo().filtered(
            lambda order: order.sale_channel_id._makes_invoices()
        )
        if orders:
            # Due rows too: who works on one now may have looked before the event, and
            # meets this write as a conflict.
            self.sudo().search(
                [
                    ("sale_order_id", "in", orders.ids),
                    ("sync_state", "in", ("pending", "waiting", "held")),
                ]
            )._make_due()

    def action_open_sale_order(self):
        self.ensure_one()
        return self.sale_order_id.get_formview_action()

    def action_open_invoices(self):
        """Open what was made, with the user's own rights."""
        self.ensure_one()
        self.check_access("read")
        invoices = self.sudo().invoice_ids.with_env(self.env)
        return self.sale_order_id.action_view_invoice(invoices)

    @api.model
    def _on_posted(self, moves):
        """Follow customer invoices that were posted, by the flow or by a person.

        :param moves: posted customer invoices (sudo)
        """
        orders = moves.line_ids.sale_line_ids.order_id.filtered("sale_channel_id")
        if not orders:
            return
        proposals = orders.channel_order_ids.proposal_ids
        proposals.filtered(lambda proposal: proposal.state == "open")._renew()
        rows = self.sudo().search([("sale_order_id", "in", orders.ids)])
        others = rows.filtered(lambda row: not row.invoice_ids & moves)
        others.filtered(lambda row: row.sync_state != "done")._make_due()
        for row in rows - others:
            row._note_receivable()
            if row.outcome in ("draft", "held_draft", "refused"):
                row._follow_posting()

    def _assess(self):
        """What is to become of the row now; changes nothing.

        :return: a :class:`..lib.invoicing.Verdict`
        """
        self.ensure_one()
        order, channel = self.sale_order_id, self.channel_id
        taken_over = self._get_taken_over()
        if taken_over:
            return Verdict("done", outcome=taken_over)
        if not channel._makes_invoices():
            return Verdict("held", "invoicing_off")
        if order._is_cancelled_anywhere():
            return Verdict("held", "order_cancelled")
        if self.invoice_ids and not order._has_to_invoice():
            return self._assess_rest()
        if not order._is_invoicing_moment(channel.invoicing_moment):
            return Verdict("waiting", f"awaits_{channel.invoicing_moment}")
        obstacle = order._get_invoicing_obstacle()
        return Verdict("held", *obstacle) if obstacle else Verdict("ready")

    def _assess_rest(self):
        """The verdict when the row has invoiced all that can be invoiced now."""
        posting = self.outcome == "refused" and self._get_drafts()
        if self.sale_order_id._expects_delivery() and not posting:
            return Verdict("waiting", "rest_undelivered")
        return Verdict("invoiced")

    def _get_drafts(self):
        return self.invoice_ids.filtered(lambda move: move.state == "draft")

    def _get_taken_over(self):
        """The outcome when people look after the order's invoices, else False."""
        invoices = self.sale_order_id.invoice_ids
        if "cancel" in self.invoice_ids.mapped("state") or invoices.filtered(
            lambda move: move.move_type == "out_refund" and move.state != "cancel"
        ):
            return "taken_back"
        others = (invoices - self.invoice_ids).filtered(
            lambda move: move.state != "cancel"
        )
        return bool(others) and "by_hand"

    def _settle(self, verdict):
        if verdict.state == "done":
            self._mark_done(outcome=verdict.outcome)
            return
        self.write(
            {
                "sync_state": verdict.state,
                "attempts": 0,
                "error_code": verdict.code,
                "error_params": verdict.params,
                "error_detail": False,
            }
        )

    def _conclude(self, outcome, code=False, params=False):
        """End a row that has invoiced what can be invoiced now.

        :param code: why its invoice stays a draft
        """
        self.ensure_one()
        reasons = {"error_code": code, "error_params": params}
        if outcome == "refused":
            self.write({"sync_state": "error", "outcome": outcome, **reasons})
        elif self.sale_order_id._expects_rest():
            self.outcome = outcome
            self._settle(Verdict("waiting", "rest_undelivered"))
        else:
            self._mark_done(outcome=outcome, **reasons)

    def _follow_posting(self):
        """Somebody posted what was a draft."""
        if self._get_drafts():
            return
        if self.sync_state == "pending":
            # The flow is about to end it.
            self.outcome = "posted"
        else:
            self._conclude("posted")

    def _note_receivable(self):
        """Tell what the posted invoices charge besides what the channel collected."""
        self.ensure_one()
        order = self.sale_order_id
        amount = order._get_channel_receivable()
        if order.currency_id.compare_amounts(amount, self.receivable):
            self.receivable = amount
            if amount:
                order.channel_order_ids._tell(
                    "decided", "receivable", amount=order.currency_id.format(amount)
                )

    def _is_behind(self):
        """Whether what the row shows is no longer true."""
        verdict = self._assess()
        shown = (self.sync_state, self.error_code, self.error_params or {})
        return shown != (verdict.state, verdict.code, verdict.params or {})
