from odoo import fields, models


class ResPartner(models.Model):
    """With ``sudo``: registrations follow their contact, whoever changes it."""

    _inherit = "res.partner"

    registration_ids = fields.One2many(
        "partner.registration", "partner_id", "Registrations", readonly=True
    )

    def write(self, vals):
        """What was looked up for another number is forgotten."""
        numbers = self._get_registry_numbers(vals)
        result = super().write(vals)
        if numbers:
            now = self._get_registry_numbers(vals)
            moved = self.browse(p.id for p in self if numbers[p] != now[p])
            moved.sudo().registration_ids._renumber()
        return result

    def _get_registry_numbers(self, vals):
        """What registries know these contacts by, where a write may change that:
        dict contact → list of numbers."""
        providers = [
            provider
            for provider in self.env["partner.registration"]._get_registries()
            if provider._get_number_fields() & vals.keys()
        ]
        return providers and {
            partner: [provider._get_number(partner) for provider in providers]
            for partner in self
        }
