from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.channel_base.lib.errors import ChannelError


class SaleChannelOrderProposalStep(models.Model):
    """One thing to do about an order that the channel changed too late.

    Steps are done in the user's environment: each needs the rights of who cancels,
    ships or invoices.

    With ``sudo``: the channel's order is the server's; sales, stock and invoices are
    changed with the user's rights.
    """

    _name = "sale.channel.order.proposal.step"
    _description = "Step of a Proposal for a Channel Order"
    _order = "proposal_id, sequence, id"
    _rec_name = "kind"

    proposal_id = fields.Many2one(
        "sale.channel.order.proposal", required=True, index=True, ondelete="cascade"
    )
    # The keys are the steps of lib/reaction.py, in their order.
    kind = fields.Selection(
        [
            ("cancel", "Cancel the order and its delivery"),
            ("return", "Take the goods back"),
            ("credit_note", "Make the credit note"),
            ("lines", "Take over the channel's lines"),
            ("invoice", "Invoice or credit the difference"),
        ],
        required=True,
    )
    sequence = fields.Integer()
    done = fields.Boolean()
    result_ref = fields.Reference(
        [("account.move", "Invoice or Credit Note"), ("stock.picking", "Return")],
        "Result",
    )

    _kind_uniq = models.Constraint(
        "UNIQUE (proposal_id, kind)", "The proposal has this step already."
    )

    def _do_all(self):
        """Do the steps one after the other; one that is refused stays to be done.

        :return: the exception of the first that was refused, or None
        """
        refusal = None
        for step in self:
            try:
                with self.env.cr.savepoint():
                    step._do()
            except UserError as error:
                refusal = refusal or error
                if step.kind == "lines":
                    # Nothing is invoiced of lines that are not the channel's.
                    break
        return refusal

    def _do(self):
        """Do the step with the user's own rights; what is done already is nothing.

        :raises AccessError: the user may not
        :raises UserError: Odoo refuses it
        """
        self.ensure_one()
        results = getattr(self, f"_do_{self.kind}")(
            self.proposal_id.sale_order_id.with_env(self.env)
        )
        self.sudo().write(
            {
                "done": True,
                "result_ref": results and f"{results._name},{results[0].id}",
            }
        )

    def _do_cancel(self, order):
        """Cancel the sale order, its open deliveries and draft invoices.

        Returns and credit notes that are under way go on.
        """
        if order.state == "cancel":
            return
        if order.locked:
            order.action_unlock()
        order.with_context(channel_undoing=True)._cancel_for_channel()

    def _do_return(self, order):
        """A return of everything that was delivered and has not come back."""
        returned = self.env["stock.picking"]
        # Who ships or invoices need not be allowed to read the sale order.
        for picking in order.sudo()._get_returnable().with_env(self.env):
            wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
            action = wizard.action_create_returns_all()
            returned |= returned.browse(action["res_id"])
        return returned

    def _do_credit_note(self, order):
        """Draft credit notes of what the posted invoices still charge, or of the
        proposal's amount."""
        proposal = self.proposal_id
        notes = self.env["account.move"]
        for invoice, amount in order.sudo()._split_credit(proposal.amount).items():
            invoice.with_env(self.env).check_access("write")
            # Lines of orders that the user may not read are credited as well.
            notes |= invoice._credit(
                amount,
                proposal._get_credit_reason(invoice),
                money=bool(proposal.amount),
            )
        return notes

    def _do_lines(self, order):
        """Give the order the lines that the channel tells now."""
        order.check_access("write")
        row = self.proposal_id.order_id.sudo()
        batch = row.env["sale.channel.order.lookup"]._open(row.channel_id)
        builder = row.env["sale.channel.order.builder"]
        try:
            sold = builder._rebuild_lines(batch, row, row._read_order())
            if row.imported_print:
                told = {k: v for k, v in row.imported_print.items() if k != "sold"}
                row.imported_print = {**told, **sold}
        except ChannelError as error:
            raise UserError(self.env["sale.channel.text"]._describe(error)) from error
        # What leaves from now on is what was bought.
        self.proposal_id.sudo().holds = False

    def _do_invoice(self, order):
        """A draft invoice, or credit note, of what the lines changed."""
        order.invoice_ids.filtered(lambda move: move.state == "draft").button_cancel()
        return order.with_context(raise_if_nothing_to_invoice=False)._create_invoices(
            final=True
        )

    @api.model
    def _get_labels(self):
        """Kind → its name in the user's language."""
        return dict(self._fields["kind"]._description_selection(self.env))
