from odoo import api, fields, models


class IdentificationThreshold(models.Model):
    """From which amount on a final consumer has to be identified on an invoice.

    With ``sudo``: the amount is the law's, for everybody.
    """

    _name = "l10n_ar.identification.threshold"
    _description = "Identification of Final Consumers"
    _order = "date_from desc"
    _rec_name = "date_from"

    date_from = fields.Date("In Force From", required=True)
    amount = fields.Float("Amount (ARS)", required=True, digits=(16, 2))
    source = fields.Char("Resolution")

    _date_uniq = models.Constraint(
        "UNIQUE (date_from)", "There is an amount from this day on already."
    )
    _amount_check = models.Constraint(
        "CHECK (amount > 0)", "The amount must be positive."
    )

    @api.model
    def _get_amount(self, date):
        """The amount in ARS that is in force on a day, 0 when none is known."""
        return (
            self.sudo()
            .search([("date_from", "<=", date)], order="date_from desc", limit=1)
            .amount
        )
