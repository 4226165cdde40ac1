from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.channel_base.tools.client import RELOAD

KINDS = [
    ("matched", "Recognised by the document"),
    ("chosen", "Chosen"),
    ("joined", "Joined"),
    ("split", "Split"),
    ("undone", "Undone"),
]
UNDOABLE = ("chosen", "joined", "split")


class SaleChannelPartnerChange(models.Model):
    """One step in the history of who a buyer is among the customers.

    With ``sudo``: history and bindings are the server's; a button checks first who
    presses it.
    """

    _name = "sale.channel.partner.change"
    _description = "Change of a Buyer's Customer"
    _order = "id desc"
    _rec_name = "kind"

    buyer_id = fields.Many2one(
        "sale.channel.partner", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="buyer_id.company_id", store=True, precompute=True
    )
    kind = fields.Selection(KINDS, "Step", required=True)
    user_id = fields.Many2one(
        "res.users", "Who", default=lambda self: self.env.user, required=True
    )
    line_ids = fields.One2many("sale.channel.partner.change.line", "change_id")
    undone = fields.Boolean()
    summary = fields.Char("What", compute="_compute_summary")
    can_undo = fields.Boolean(compute="_compute_can_undo")

    @api.depends("line_ids")
    def _compute_summary(self):
        for change in self:
            change.summary = "; ".join(line._describe() for line in change.line_ids)

    @api.depends("kind", "undone")
    def _compute_can_undo(self):
        for change in self:
            change.can_undo = change.kind in UNDOABLE and not change.undone

    @api.model
    def _record(self, kind, buyer, steps, created=False):
        """Write down what has been changed.

        :param steps: pairs of what was changed (the buyer or one of their identities),
            as it is now, and its former customer
        :param created: whether the present customer was made for it
        """
        return self.sudo().create(self._prepare_record(kind, buyer, steps, created))

    @api.model
    def _record_matches(self, identities):
        """Write down whose customers were recognised by their documents."""
        nobody = self.env["res.partner"]
        self.sudo().create(
            [
                self._prepare_record("matched", row.buyer_id, [(row, nobody)])
                for row in identities
            ]
        )

    @api.model
    def _prepare_record(self, kind, buyer, steps, created=False):
        return {
            "buyer_id": buyer.id,
            "kind": kind,
            "user_id": self.env.uid,
            "line_ids": [
                fields.Command.create(
                    {
                        "identity_id": target != buyer and target.id,
                        "before_id": before.id,
                        "had_customer": bool(before),
                        "after_id": target.partner_id.id,
                        "created": created,
                    }
                )
                for target, before in steps
            ],
        }

    @api.model
    def _apply(self, kind, buyer, targets, partner, origin="chosen"):
        """Give a buyer, or some of their identities, another customer, as a step.

        :param targets: the buyer and identities of theirs that change
        :param origin: ``chosen``, or ``created`` when the customer was made for it
        """
        targets = [target.sudo() for target in targets]
        steps, memories = [], []
        settled = buyer.sudo().identity_ids.filtered(
            lambda row: row.needs_choice and row in targets
        )
        for target in targets:
            steps.append((target, target.partner_id))
            memories.append(target._get_memory())
            values = {"partner_id": partner.id, "written": {}}
            if origin == "created":
                values["written"] = {"name": partner.name}
            if target._name != buyer._name:
                values.update(origin=origin, needs_choice=False)
            target.write(values)
        change = self._record(kind, buyer.sudo(), steps, created=origin == "created")
        for line, memory in zip(change.line_ids, memories, strict=True):
            line.memory = memory
        settled.candidate_ids.unlink()
        if settled:
            settled._on_settled()
        return change

    def action_undo(self):
        """Put back what the step changed.

        :raises UserError: something newer is on top, or there is no way back
        """
        self.ensure_one()
        self.buyer_id._check_operator()
        self.sudo().lock_for_update()
        if obstacle := self._get_obstacle():
            raise UserError(obstacle)
        change = self.sudo()
        matcher, steps = change.env["sale.channel.identity.matcher"], []
        for line in change.line_ids:
            target = line._get_target()
            steps.append((target, target.partner_id))
            target._restore(line.before_id, line.memory or {})
            if line.identity_id.needs_choice:
                matcher._ask_again(line.identity_id)
        change.undone = True
        self._record("undone", change.buyer_id, steps)
        change.line_ids._archive_unused()
        return RELOAD

    def _get_obstacle(self):
        """Why the step cannot be undone, in the user's language; "" when it can."""
        self.ensure_one()
        change = self.sudo()
        if not self.can_undo:
            return self.env._("This step cannot be undone.")
        for line in change.line_ids:
            newer = line._get_newer()
            if newer:
                return self.env._(
                    "A newer step is on top, by %(user)s on %(date)s: undo that first.",
                    user=newer.user_id.name,
                    date=fields.Date.to_string(newer.create_date),
                )
            now = line._get_target().partner_id
            if now != line.after_id:
                return self.env._(
                    "It has been changed since: the customer is %(customer)s now.",
                    customer=now.display_name or "",
                )
            if line.had_customer and not line.before_id:
                return self.env._("The former customer does not exist any more.")
        return ""
