from dataclasses import replace

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from ..lib.taxpayer import load
from .partner_registration import ARCA

_lt = LazyTranslate(__name__)

# Reasons of :func:`..lib.responsibility.decide`
REASONS = {
    "not_found": _lt("ARCA's registry has nobody with this number."),
    "not_a_cuit": _lt(
        "ARCA says that this number is not a CUIT but a CUIL: %(messages)s"
    ),
    "cuil": _lt(
        "ARCA says that the kind of this number is CUIL: a person who is "
        "registered for no tax."
    ),
    "kind": _lt("ARCA says that the kind of this number is %(kind)s, and not CUIT."),
    "not_issued_silently": _lt(
        "ARCA issues no certificate of registration, and does not say why."
    ),
    "not_issued": _lt("ARCA issues no certificate of registration: %(messages)s"),
    "inactive": _lt("The CUIT is not active: %(state)s."),
    "conflict": _lt(
        "Registered at the same time for what excludes each other: %(taxes)s."
    ),
    "monotributo": _lt("Registered for the simplified regime (tax 20). %(category)s"),
    "monotributo_21": _lt(
        "Registered for the simplified regime (tax 21). %(category)s"
    ),
    "category": _lt(
        "Has a category of the simplified regime, whose tax ARCA does not "
        "list: %(category)s"
    ),
    "registered": _lt("Registered for IVA (tax 30)."),
    "exempt": _lt("Registered as exempt from IVA (tax 32)."),
    "not_reached": _lt(
        "Registered as not reached by IVA (tax 34), and for no other tax that "
        "concerns it."
    ),
    "also_not_reached": _lt(
        "Some activities are not reached by IVA (tax 34); that takes nothing "
        "away from the registration."
    ),
    "abolished": _lt(
        "Registered as “responsable no inscripto” (tax 33), which was abolished."
    ),
    "no_tax": _lt("Registered for no tax that concerns IVA."),
    "no_tax_setting": _lt(
        "Registered for no tax that concerns IVA; the settings say what that means."
    ),
    "none_active": _lt("None of the taxes that concern IVA is active."),
    "incomplete": _lt("ARCA lists no tax that concerns IVA, and complains."),
    "complaint_silently": _lt("ARCA complains without saying of what (%(block)s)."),
    "complaint": _lt("ARCA also says: %(messages)s"),
    "tax_not_active": _lt("The tax %(tax)s is not active (%(state)s)."),
    "deceased": _lt("The person has died; it is an estate."),
}


class PartnerRegistrationFinding(models.Model):
    _inherit = "partner.registration.finding"

    responsibility_id = fields.Many2one(
        "l10n_ar.afip.responsibility.type", "ARCA Responsibility", readonly=True
    )

    def _get_taxpayer(self):
        """A finding of ARCA in the words of its registry."""
        self.ensure_one()
        return load(self.data or {"number": self.number, "found": False})

    @api.model
    def _redecide_other_kinds(self):
        """Decide anew about keys that are no CUIT, which once were taken for one."""
        kinds = Domain("raw", "like", "tipoClave>CUIL<") | Domain(
            "raw", "like", "tipoClave>CDI<"
        )
        old = self.search(
            Domain("registry", "=", ARCA)
            & Domain("is_current", "=", True)
            & Domain("outcome", "=", "determined")
            & kinds
        )
        for environment, findings in old.grouped("environment").items():
            moments = {finding.number: finding.checked_at for finding in findings}
            rows = self.env["partner.registration"].search(
                [("finding_id", "in", findings.ids)]
            )
            said = [replace(f._get_taxpayer(), raw=f.raw) for f in findings]
            found = self._store(ARCA, "", environment, said)
            for number, finding in found.items():
                # ARCA was not asked now.
                finding.checked_at = moments[number]
            rows._apply(found)
