from odoo import api, models

# What of a tax's distribution its twin has as well.
TWIN_FIELDS = (
    "document_type",
    "repartition_type",
    "factor_percent",
    "account_id",
    "tag_ids",
    "sequence",
    "use_in_tax_closing",
)


class AccountTaxRepartitionLine(models.Model):
    _inherit = "account.tax.repartition.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.tax_id._update_included_twins()
        return lines

    def write(self, vals):
        result = super().write(vals)
        self.tax_id._update_included_twins()
        return result

    def unlink(self):
        taxes = self.tax_id
        result = super().unlink()
        taxes._update_included_twins()
        return result

    def _prepare_twin_values(self):
        """Values for the line of the tax's twin."""
        self.ensure_one()
        return self._convert_to_write({name: self[name] for name in TWIN_FIELDS})

    def _is_used(self):
        """Whether entries, drafts included, refer to one of the lines."""
        return bool(
            self.env["account.move.line"].search_count(
                [("tax_repartition_line_id", "in", self.ids)], limit=1
            )
        )
