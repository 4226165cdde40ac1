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
        }
