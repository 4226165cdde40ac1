from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.channel_base.tools.client import RELOAD, notification

from ..lib.lifecycle import IMPORTED
from ..lib.reaction import STEPS, react

# What the channel said, for proposals whose steps depend on how far the order is.
NEWS = {
    "cancel_order": "cancelled",
    "review_refund_all": "refunded_all",
    "review_refund": "refunded",
    "review_refund_uninvoiced": "refunded",
    "review_fraud": "fraud",
    "review_lines": "changed",
}

# Questions about an imported order that is sold on the channel and not in Odoo
LOSSES = ("order_cancelled_here", "order_deleted", "review_deleted")
# Questions about one that sells less than the channel does
SHORT = ("review_lines", "order_reduced_here")
# Orders to look at before the commit
REDUCED = "sale.channel.order.reduced"


class SaleChannelOrderProposal(models.Model):
    """What a person should do about an order that the channel changed too late.

    What was delivered, invoiced or locked is never changed by itself: the channel's
    news becomes a proposal, one piece of work that a person carries out with one click
    or dismisses.

    With ``sudo``: proposals and stories are the server's; a button checks first who
    presses it.
    """

    _name = "sale.channel.order.proposal"
    _description = "Proposal for a Channel Order"
    _order = "id desc"
    _rec_name = "message"

    order_id = fields.Many2one(
        "sale.channel.order", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="order_id.company_id")
    sale_order_id = fields.Many2one(related="order_id.sale_order_id")
    code = fields.Char(required=True)
    params = fields.Json()
    message = fields.Text("What Happened", compute="_compute_message")
    step_ids = fields.One2many(
        "sale.channel.order.proposal.step", "proposal_id", "Steps"
    )
    todo = fields.Text("Proposed", compute="_compute_todo")
    is_applicable = fields.Boolean(compute="_compute_todo")
    holds = fields.Boolean(help="Nothing of the order leaves while it is open.")
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount = fields.Monetary(help="Of the credit note; 0 for the whole invoice.")
    state = fields.Selection(
        [
            ("open", "Open"),
            ("applied", "Carried out"),
            ("dismissed", "Dismissed"),
            ("withdrawn", "No longer true"),
        ],
        default="open",
        required=True,
        index=True,
    )
    closed_at = fields.Datetime("Closed")
    closed_by_id = fields.Many2one("res.users")
    # Who may see the list need not be allowed to read credit notes.
    result_name = fields.Char("Made", compute="_compute_result_name", compute_sudo=True)

    _open_uniq = models.UniqueIndex(
        "(order_id, code) WHERE state = 'open'", "This is already proposed."
    )

    @api.depends("code", "params")
    @api.depends_context("lang")
    def _compute_message(self):
        texts = self.env["sale.channel.text"]
        for proposal in self:
            proposal.message = texts._format(proposal.code, proposal.params)
            if (proposal.params or {}).get("paid"):
                proposal.message += " " + self.env._(
                    "What was paid stays on the customer's account until it is given "
                    "back."
                )

    @api.depends("step_ids.kind", "step_ids.done", "state")
    @api.depends_context("lang")
    def _compute_todo(self):
        labels = self.step_ids._get_labels()
        for proposal in self:
            left = proposal._get_open_steps()
            proposal.is_applicable = proposal.state == "open" and bool(left)
            steps = left or proposal.step_ids
            proposal.todo = (
                " + ".join(labels[step.kind] for step in steps)
                if steps
                else self.env._("Decide by hand")
            )

    @api.depends("step_ids.result_ref")
    def _compute_result_name(self):
        for proposal in self:
            results = [step.result_ref for step in proposal.step_ids if step.result_ref]
            proposal.result_name = ", ".join(
                result.display_name for result in results if result.exists()
            )

    def _get_open_steps(self):
        return self.step_ids.filtered(lambda step: not step.done)

    @api.model
    def _prepare_steps(self, kinds):
        """Commands for steps that are not there yet.

        :param kinds: steps of ``lib/reaction.py``
        """
        return [
            Command.create({"kind": kind, "sequence": STEPS.index(kind)})
            for kind in kinds
            if kind not in self.step_ids.mapped("kind")
        ]

    def _renew(self):
        """Add what has become necessary since it was proposed."""
        for proposal in self.sudo():
            news, order = NEWS.get(proposal.code), proposal.sale_order_id
            if news and order:
                kinds = react(news, order._get_standing()).steps
                proposal.step_ids = proposal._prepare_steps(kinds)

    def action_apply(self):
        """Do what is proposed, with the user's own rights; open the result.

        What the user may not do stays for somebody who may.
        """
        self.ensure_one()
        self.order_id._check_operator()
        if self.state != "open":
            raise UserError(self.env._("This proposal is closed."))
        if not self.step_ids:
            raise UserError(self.env._("Nothing can be done by itself here: decide."))
        self._renew()
        wanted = self._get_open_steps().sorted("sequence")
        refusal = wanted._do_all()
        done = wanted.filtered("done")
        if refusal and not done:
            raise refusal
        if self._get_open_steps():
            self._tell_part(done)
        else:
            self._close("applied")
        return self._open_result(done, refusal)

    def _tell_part(self, done):
        labels = done._get_labels()
        self.order_id.sudo()._tell(
            "decided",
            "proposal_partly",
            user=self.env.user.name,
            steps=" + ".join(labels[step.kind] for step in done),
        )

    def _open_result(self, done, refusal):
        """Open the first thing that was made; say what is left, and why, if anything.

        :param refusal: the exception of the first step that was refused, or None
        """
        results = [step.result_ref for step in done if step.result_ref]
        action = results[0].get_formview_action() if results else None
        if self.state != "open":
            return action
        message = self.env._(
            "Left to do: %(steps)s. %(reason)s", steps=self.todo, reason=str(refusal)
        )
        return notification(message, "warning", action or RELOAD, sticky=True)

    def action_dismiss(self):
        """A person has settled it otherwise."""
        for order in self.order_id:
            order._check_operator()
        self.filtered(lambda proposal: proposal.state == "open")._close("dismissed")

    def _close(self, state):
        for proposal in self.sudo():
            proposal.write(
                {
                    "state": state,
                    "closed_at": fields.Datetime.now(),
                    "closed_by_id": self.env.user.id,
                }
            )
            proposal.order_id._tell(
                "decided",
                f"proposal_{state}",
                user=self.env.user.name,
                result=proposal.result_name or "",
            )
            proposal._follow_closing()

    def _follow_closing(self):
        """What follows from a person's decision."""
        row = self.order_id
        self.env["sale.channel.order.invoicing"]._wake(row.sale_order_id)
        lost = row.state in IMPORTED and not row.sale_order_id
        if self.code in LOSSES and self.state == "dismissed" and lost:
            row._apply("abandoned")
        if self.code in (*LOSSES, *SHORT):
            self.env["sale.channel.order.line"]._renew(row)

    def _get_credit_reason(self, invoice):
        """Why, for the customer, in the customer's language."""
        self.ensure_one()
        translated = self.with_context(lang=invoice.partner_id.lang or self.env.lang)
        if self.amount:
            return translated.env._("refund")
        return translated.env._("sale cancelled")

    @api.model
    def _propose_news(self, row, code, news, **params):
        """Propose, as one piece of work, what follows from news.

        :param news: a :data:`..lib.reaction.News`
        """
        standing = row.sale_order_id._get_standing()
        reaction = react(news, standing)
        if standing.invoice == "part_paid":
            params["paid"] = True
        self._propose(row, code, reaction.steps, reaction.at_once == "hold", **params)

    @api.model
    def _propose(self, row, code, steps=(), holds=False, amount=0.0, **params):
        """Ask a person; the same question stands once.

        :param row: inbox row
        :param steps: what is proposed, of ``lib/reaction.py``; none: decide by hand
        :param holds: whether nothing leaves while the question is open
        :param amount: of the credit note; 0 for all that is invoiced
        """
        proposal = row.proposal_ids.filtered(
            lambda p: p.code == code and p.state == "open"
        ).sudo()
        values = {"params": params, "holds": holds or proposal.holds}
        if proposal:
            # Refunds add up; any other question is only asked anew.
            values["amount"] = amount and proposal.amount + amount
            # What was done before the news is to be looked at again.
            proposal.step_ids.filtered(lambda step: step.kind in steps).done = False
            values["step_ids"] = proposal._prepare_steps(steps)
            proposal.write(values)
        else:
            values["step_ids"] = proposal._prepare_steps(steps)
            values |= {"order_id": row.id, "code": code, "amount": amount}
            # One that was withdrawn a moment ago is still open in the database.
            row.proposal_ids.flush_recordset(["state"])
            proposal.create(values)
        row._tell("decided", code, **params)

    @api.model
    def _withdraw(self, rows, *codes):
        """Close open proposals that are no longer true."""
        rows.proposal_ids.filtered(
            lambda proposal: proposal.code in codes and proposal.state == "open"
        ).sudo().state = "withdrawn"

    @api.model
    def _withdraw_all(self, rows):
        self._withdraw(rows, *rows.proposal_ids.mapped("code"))

    def _get_open_losses(self):
        return self.filtered(
            lambda proposal: proposal.code in LOSSES and proposal.state == "open"
        )

    def _get_open_shortages(self):
        return self.filtered(
            lambda proposal: proposal.code in SHORT and proposal.state == "open"
        )

    @api.model
    def _withdraw_losses(self, rows):
        """Close the questions about sale orders that are gone: they are answered."""
        self._withdraw(rows, *LOSSES)

    @api.model
    def _review_loss(self, rows, code, order):
        """Ask what shall become of rows whose sale order is gone.

        :param code: one of ``LOSSES``
        :param order: the sale order's name
        """
        for row in rows.filtered(lambda row: row.state in IMPORTED):
            row._apply("orphaned")
            self._withdraw_losses(row)
            self._propose(row, code, order=order, user=self.env.user.name)
            self.env["sale.channel.order.line"]._renew(row)

    @api.model
    def _look_at_reduced(self, sale_orders):
        """Look, once all is saved, at confirmed orders that may sell or ship less by
        then than the channel does."""
        rows = sale_orders.sudo().channel_order_ids
        rows = rows.filtered(lambda row: row.state in IMPORTED)
        if not rows:
            return
        commit = self.env.cr.precommit
        if REDUCED not in commit.data:
            commit.data[REDUCED] = rows.browse()
            commit.add(self.sudo()._review_all_reduced)
        commit.data[REDUCED] |= rows

    @api.model
    def _review_all_reduced(self):
        rows = self.env.cr.precommit.data.pop(REDUCED)
        for row in rows.sorted("id").exists():
            self._review_reduced(row)
        self.env.flush_all()

    @api.model
    def _review_reduced(self, row):
        """Ask what shall become of units that the channel sells and the sale order
        neither ships nor shipped."""
        lines = self.env["sale.channel.order.line"]
        sale_order, order = row.sale_order_id, None
        if sale_order.state == "sale" and not sale_order.channel_fulfilled:
            order = row._read_if_readable()
        if order and lines._find_lacking(row, order):
            if not lines._is_short(row):
                user = self.env.user.name
                self._propose(
                    row, "order_reduced_here", order=sale_order.name, user=user
                )
        else:
            self._withdraw(row, "order_reduced_here")
        lines._renew(row)
