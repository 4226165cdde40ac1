from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

# What makes a twin another tax than its original. A twin stands for its tax after the
# fiscal position has done its work: were it part of the mapping, it would be added to
# every order.
OWN_FIELDS = {
    "name",
    "invoice_label",
    "price_include_override",
    "original_tax_ids",
    "replacing_tax_ids",
    "fiscal_position_ids",
    "children_tax_ids",
    "company_id",
    "included_twin_id",
}
# Amounts that are a share of the price, whatever the quantity.
PROPORTIONAL = ("percent", "division")


class AccountTax(models.Model):
    """With ``sudo``: who changes a tax need not know of its twin, which is the
    server's."""

    _name = "account.tax"
    _inherit = ["account.tax", "field.guard.mixin"]

    included_twin_id = fields.Many2one(
        "account.tax",
        "Price-included Twin",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The same tax, for prices that already contain it.",
        guard="server",
    )

    def write(self, vals):
        # Its lines are complete only after all of them were written.
        deferred = self.with_context(defer_included_twins=True)
        result = super(AccountTax, deferred).write(vals)
        if vals.keys() != {"included_twin_id"}:
            self._update_included_twins()
        return result

    def unlink(self):
        twins = self.sudo().included_twin_id - self.sudo()
        result = super().unlink()
        # Documents may refer to it.
        twins.exists().active = False
        return result

    def _get_proportional(self):
        """Of these taxes, and those in their groups, the ones that are a share of the
        price: all that a reduction of the price reduces."""
        return self.flatten_taxes_hierarchy().filtered(
            lambda tax: tax.amount_type in PROPORTIONAL or not tax.amount
        )

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
        values = tax._prepare_included_twin()
        twin = tax.search(
            [
                ("company_id", "=", tax.company_id.id),
                ("name", "=", values["name"]),
                ("type_tax_use", "=", tax.type_tax_use),
                ("amount", "=", tax.amount),
                ("price_include_override", "=", "tax_included"),
            ],
            limit=1,
        )
        if twin:
            tax.included_twin_id = twin
            tax._update_included_twins()
        else:
            tax.included_twin_id = tax.copy(values)
            tax._name_included_twin()
        return self.browse(tax.included_twin_id.id)

    def _prepare_included_twin(self):
        """What a twin has for itself, in the user's language."""
        values = {
            "name": self.env._("%(tax)s (in the price)", tax=self.name),
            "invoice_label": self.invoice_label or self.name,
            "price_include_override": "tax_included",
            "original_tax_ids": [Command.clear()],
            "replacing_tax_ids": [Command.clear()],
            "fiscal_position_ids": [Command.clear()],
        }
        if self.amount_type == "group":
            children = self.children_tax_ids._get_included_twins()
            values["children_tax_ids"] = [Command.set(children.ids)]
        return values

    def _name_included_twin(self):
        """Call the twin after its tax, in every language."""
        for code, _name in self.env["res.lang"].get_installed():
            tax = self.with_context(lang=code)
            twin, values = tax.included_twin_id, tax._prepare_included_twin()
            wanted = {name: values[name] for name in ("name", "invoice_label")}
            if any(twin[name] != value for name, value in wanted.items()):
                twin.write(wanted)

    def _update_included_twins(self):
        """Let twins follow their taxes; posted documents stay as they are."""
        if self.env.context.get("defer_included_twins"):
            return
        for tax in self.sudo().filtered("included_twin_id"):
            changes = tax._prepare_twin_changes()
            if changes:
                tax.included_twin_id.write(changes)
            tax._name_included_twin()
            tax._update_twin_repartition()

    def _prepare_twin_changes(self):
        """The values in which the twin is no longer its tax."""
        twin = self.included_twin_id
        changes = {
            name: field.convert_to_write(self[name], self)
            for name, field in self._fields.items()
            if field.store
            and field.copy
            and name not in OWN_FIELDS
            and field.type != "one2many"
            and not (field.compute and field.readonly)
            and self[name] != twin[name]
        }
        if self.amount_type == "group":
            children = self.children_tax_ids._get_included_twins()
            if children != twin.children_tax_ids:
                changes["children_tax_ids"] = [Command.set(children.ids)]
        return changes

    def _update_twin_repartition(self):
        """Give the twin its tax's accounts, grids and shares.

        A line that documents refer to is never deleted: then another twin takes its
        place.
        """
        twin = self.included_twin_id
        try:
            self._validate_repartition_lines()
        except ValidationError:
            # Somebody writes the lines one after the other.
            return
        commands, fewer = [], self.env["account.tax.repartition.line"]
        for name in ("invoice_repartition_line_ids", "refund_repartition_line_ids"):
            wanted = [line._prepare_twin_values() for line in self[name]]
            lines = twin[name]
            for line, values in zip(lines, wanted, strict=False):
                if line._prepare_twin_values() != values:
                    commands.append(Command.update(line.id, values))
            commands += [Command.create(values) for values in wanted[len(lines) :]]
            fewer |= lines[len(wanted) :]
        if fewer and fewer._is_used():
            self._replace_included_twin()
        elif commands or fewer:
            commands += [Command.delete(line.id) for line in fewer]
            twin.write({"repartition_line_ids": commands})

    def _replace_included_twin(self):
        """Put another twin in the place of one that documents keep as it is.

        Orders that are not invoiced, and drafts, get the new one.
        """
        old = self.included_twin_id
        old.active = False
        twin = self.included_twin_id = self.copy(self._prepare_included_twin())
        self._name_included_twin()
        commands = [Command.unlink(old.id), Command.link(twin.id)]
        sold = self.env["sale.order.line"].search(
            [
                ("tax_ids", "in", old.ids),
                ("channel_line_ref", "!=", False),
                ("order_id.locked", "=", False),
                ("invoice_status", "!=", "invoiced"),
            ]
        )
        drafts = self.env["account.move.line"].search(
            [("tax_ids", "in", old.ids), ("parent_state", "=", "draft")]
        )
        for lines in (sold, drafts):
            lines.write({"tax_ids": commands})
        self.search([("children_tax_ids", "in", self.ids)])._update_included_twins()
