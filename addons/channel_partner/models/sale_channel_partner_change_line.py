from odoo import fields, models


class SaleChannelPartnerChangeLine(models.Model):
    """What a step changed on the account, or on one of its identities."""

    _name = "sale.channel.partner.change.line"
    _description = "Change of a Buyer's Customer: Part"
    _order = "id"
    _rec_name = "identity_id"

    change_id = fields.Many2one(
        "sale.channel.partner.change", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="change_id.company_id", store=True, precompute=True
    )
    identity_id = fields.Many2one(
        "sale.channel.identity",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty means the account itself.",
    )
    # Merging contacts moves these along.
    before_id = fields.Many2one(
        "res.partner", "Customer Before", index="btree_not_null", ondelete="set null"
    )
    had_customer = fields.Boolean(help="Whether there was a customer before.")
    after_id = fields.Many2one(
        "res.partner", "Customer After", index="btree_not_null", ondelete="set null"
    )
    created = fields.Boolean(help="Whether the customer after was made for the step.")
    memory = fields.Json(help="What the channel had written on the customer before.")

    def _describe(self):
        """One sentence of the step's summary."""
        self.ensure_one()
        what = self.identity_id.display_name or self.env._("Account")
        before = self.before_id.display_name or "—"
        return f"{what}: {before} → {self.after_id.display_name or '—'}"

    def _get_target(self):
        self.ensure_one()
        return self.identity_id or self.change_id.buyer_id

    def _get_newer(self):
        """The newest step on top of this one that stands, empty when there is none."""
        self.ensure_one()
        newer = self.search(
            [
                ("change_id.buyer_id", "=", self.change_id.buyer_id.id),
                ("identity_id", "=", self.identity_id.id),
                ("change_id", ">", self.change_id.id),
                ("change_id.kind", "!=", "undone"),
                ("change_id.undone", "=", False),
            ],
            order="id desc",
            limit=1,
        )
        return newer.change_id

    def _archive_unused(self):
        """Archive customers that were made for the step and never used."""
        partners = self.filtered("created").after_id
        usage = partners._get_channel_usage(everywhere=True)
        for partner in partners:
            accounts = partner._get_account_domain()
            if any(usage[partner]) or self.env["sale.channel.partner"].search_count(
                accounts, limit=1
            ):
                continue
            partner.active = False
