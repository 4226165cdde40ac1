from odoo import api, fields, models


class PadronActivity(models.Model):
    """An economic activity by ARCA's nomenclature (CLAE).

    With ``sudo``: activities are ARCA's, the same for everybody.
    """

    _name = "l10n_ar.padron.activity"
    _description = "Economic Activity (ARCA)"
    _order = "code"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True)
    name = fields.Char(required=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "The activity exists already.")

    @api.depends("code", "name")
    def _compute_display_name(self):
        for activity in self:
            activity.display_name = f"{activity.code} {activity.name}"

    @api.model
    def _get_or_create(self, activities):
        """Records of what a registry's answer lists, made if they are new.

        :param activities: iterable of :class:`..lib.taxpayer.Activity`
        """
        wanted = {item.code: item.name or item.code for item in activities}
        found = self.sudo().search([("code", "in", list(wanted))])
        missing = set(wanted) - set(found.mapped("code"))
        found |= self.sudo().create(
            [{"code": code, "name": wanted[code]} for code in sorted(missing)]
        )
        return found.with_env(self.env)
