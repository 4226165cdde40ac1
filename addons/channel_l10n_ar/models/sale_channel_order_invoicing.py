from odoo import api, models


class SaleChannelOrderInvoicing(models.Model):
    _inherit = "sale.channel.order.invoicing"

    @api.model
    def _get_error_reasons(self):
        return {
            **super()._get_error_reasons(),
            "fiscal_pending": self.env._(
                "The fiscal data of %(customer)s are not settled: ARCA is asked again, "
                "or an accountant confirms them on the customer."
            ),
            "billing_pending": self.env._(
                "The channel is still preparing the billing data of %(customer)s: "
                "who it is could change."
            ),
            "fiscal_old": self.env._(
                "ARCA is asked again about %(customer)s: the last answer is old."
            ),
            "identification_needed": self.env._(
                "%(customer)s has no document, and from %(amount)s ARS on a final "
                "consumer has to be identified."
            ),
            "cae_outside": self.env._(
                "Vouchers of %(journal)s are authorised outside of Odoo: enter the "
                "invoice there, or install an addon for electronic invoices."
            ),
            "cai_missing": self.env._(
                "%(journal)s is a point of sale for printed forms, and nothing "
                "authorises its invoices. Choose a point of sale for electronic "
                "invoices, or enter the CAI of the forms on the journal."
            ),
            "cai_expired": self.env._(
                "The CAI of the forms of %(journal)s is no longer in force."
            ),
        }
