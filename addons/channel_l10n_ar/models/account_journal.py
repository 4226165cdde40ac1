import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

CAI = re.compile(r"\d{14}", re.ASCII)
# Odoo's point of sale for vouchers on printed forms, the chart's default
PREPRINTED = "II_IM"


class AccountJournal(models.Model):
    _inherit = "account.journal"

    l10n_ar_cai = fields.Char(
        "CAI",
        copy=False,
        help="The authorisation that ARCA gave to print the forms of this point of "
        "sale. Without one in force no channel posts its invoices by itself.",
    )
    l10n_ar_cai_valid_to = fields.Date(
        "CAI Valid Until", copy=False, help="The last day on which it may be used."
    )

    @api.constrains("l10n_ar_cai", "l10n_ar_cai_valid_to")
    def _check_l10n_ar_cai(self):
        for journal in self:
            number, until = journal.l10n_ar_cai, journal.l10n_ar_cai_valid_to
            if number and not CAI.fullmatch(number):
                raise ValidationError(self.env._("A CAI has 14 digits."))
            if bool(number) != bool(until):
                raise ValidationError(
                    self.env._("A CAI needs the date until which it is valid.")
                )

    def _l10n_ar_has_cai(self, date):
        """Whether vouchers of a day are printed on forms that ARCA authorised."""
        self.ensure_one()
        return (
            self.l10n_ar_afip_pos_system == PREPRINTED
            and bool(self.l10n_ar_cai)
            and date <= self.l10n_ar_cai_valid_to
        )
