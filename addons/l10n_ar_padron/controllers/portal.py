from odoo.http import request

from odoo.addons.l10n_ar.controllers.portal import L10nARPortalAccount


class PadronPortalAccount(L10nARPortalAccount):
    def _validate_address_values(self, address_values, partner_sudo, *args, **kwargs):
        """What ARCA decided is not a customer's to choose."""
        invalid, missing, messages = super()._validate_address_values(
            address_values, partner_sudo, *args, **kwargs
        )
        name = "l10n_ar_afip_responsibility_type_id"
        commercial = partner_sudo.commercial_partner_id
        if (
            name in address_values
            and commercial._l10n_ar_is_decided()
            and address_values[name] != commercial[name].id
        ):
            invalid.add(name)
            messages.append(
                request.env._(
                    "Your ARCA responsibility is settled: %(responsibility)s. Please "
                    "contact us if it is not right.",
                    responsibility=commercial[name].display_name,
                )
            )
        return invalid, missing, messages
