from odoo import fields, models
from odoo.fields import Command

# What a change of the tax changes in its twin as well.
TWIN_FIELDS = {"amount", "active", "tax_group_id", "invoice_label"}


class AccountTax(models.Model):
    _inherit = "account.tax"

    included_twin_id = fields.Many2one(
        "account.tax",
        "Price-included Twin",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The same tax, for prices that already contain it.",
    )

    def write(self, vals):
        result = super().write(vals)
        shared = {name: vals[name] for name in TWIN_FIELDS & vals.keys()}
        if shared and self.included_twin_id:
            self.included_twin_id.write(shared)
        return result

    def _get_included_twins(self):
        """The same taxes, for prices that contain them.

        Converting a tax-inclusive price into a net one loses cents, so an order of a
        channel keeps the channel's price and carries the price-included form of its
        taxes: same rate, group, repartition and tags. A missing twin is created.
        """
        twins = self.browse()
        # While an order is being created, its lines' taxes are not real records.
        for tax in self._origin:
            if tax.price_include or tax.amount_type == "fixed" and not tax.amount:
                twins |= tax
                continue
            twins |= tax.included_twin_id or tax._create_included_twin()
        return twins

    def _create_included_twin(self):
        self.ensure_one()
        tax = self.sudo()
        values = {
            "name": self.env._("%(tax)s (in the price)", tax=tax.name),
            "price_include_override": "tax_included",
            "invoice_label": tax.invoice_label or tax.name,
            "sequence": tax.sequence,
            # The twin stands for its tax after the fiscal position has done its
            # work: were it part of the mapping, it would be added to every order.
            "original_tax_ids": [Command.clear()],
            "replacing_tax_ids": [Command.clear()],
            "fiscal_position_ids": [Command.clear()],
        }
        if tax.amount_type == "group":
            children = tax.children_tax_ids._get_included_twins()
            values["children_tax_ids"] = [Command.set(children.ids)]
        twin = tax.search(
            [
                ("company_id", "=", tax.company_id.id),
                ("name", "=", values["name"]),
                ("type_tax_use", "=", tax.type_tax_use),
                ("amount", "=", tax.amount),
                ("price_include_override", "=", "tax_included"),
            ],
            limit=1,
        ) or tax.copy(values)
        tax.included_twin_id = twin
        return self.browse(twin.id)
