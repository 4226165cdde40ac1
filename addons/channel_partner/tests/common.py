from dataclasses import replace
from pathlib import Path

from odoo.fields import Command
from odoo.modules.migration import load_script
from odoo.modules.module import get_module_path
from odoo.tests import TransactionCase

from ..lib.buyer import Address, Buyer, FiscalIdentity

CUIT = "20267565393"
CPF = "39053344705"
CNPJ = "16727230000197"
CNPJ_LETTERS = "12ABC34501DE35"

BUYER = Buyer(
    external_id="2150000001",
    nickname="PAZANA1234",
    name="Ana Paz",
    phone="11 5551234",
    alternative_phone="11 5554321",
    email="ana@example.com",
    identity=FiscalIdentity(
        name="Ana Paz", document_type="CUIT", document_number="20-26756539-3"
    ),
)
HOME = Address(
    line="Av. Los Aromos 1234",
    comment="Timbre 3B",
    city="Núñez",
    zip="1406",
    state_code="AR-C",
    state_name="Capital Federal",
    country_code="AR",
    receiver="Berta Toledo",
    phone="11 5550000",
    email="berta@example.com",
)
BRAZILIAN = Buyer(
    external_id="2150000002",
    nickname="NOBREGA.JOAO",
    name="João Nóbrega",
    identity=FiscalIdentity(document_type="CPF", document_number=CPF),
)
CASA = Address(
    line="Rua Araçá-Mirim 77",
    street_name="Rua Araçá-Mirim",
    street_number="77",
    complement="Bloco B",
    district="Cambuí",
    city="Campinas",
    zip="13024000",
    state_code="BR-SP",
    country_code="BR",
    receiver="João Nóbrega",
)


class PartnerCase(TransactionCase):
    """A channel without provider, and an Argentine and a Brazilian buyer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.argentina = cls.env.ref("base.ar")
        cls.brazil = cls.env.ref("base.br")
        cls.tag = cls.env["res.partner.category"].create({"name": "Marketplace"})
        cls.team = cls.env["crm.team"].create({"name": "Online", "company_id": False})
        cls.channel = cls.env["sale.channel"].create(
            {
                "name": "Some Marketplace",
                "partner_category_ids": [Command.link(cls.tag.id)],
                "team_id": cls.team.id,
                "country_id": cls.argentina.id,
            }
        )
        cls.buyer = BUYER
        cls.home = HOME
        cls.brazilian = BRAZILIAN
        cls.casa = CASA

    def upsert(self, buyer=None, address=None, channel=None, **changes):
        """Import one buyer, with changes, and answer the result."""
        buyer = replace(buyer or self.buyer, **changes)
        return self.upsert_all([(buyer, address)], channel)[0]

    def upsert_all(self, updates, channel=None):
        results = self.env["sale.channel.partner.importer"]._upsert(
            channel or self.channel, updates
        )
        self.env.flush_all()
        return results

    def document(self, word, number, **values):
        """The buyer's change of document."""
        return {
            "identity": FiscalIdentity(
                document_type=word, document_number=number, **values
            )
        }

    def migrate(self, addon, script):
        """Run a script of the upgrade to the present version."""
        path = Path(get_module_path(addon), "migrations", "19.0.1.1.0", f"{script}.py")
        module = load_script(str(path), script)
        self.env.flush_all()
        module.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()

    def codes(self, result):
        return [code for code, _params in result.notes]

    def children(self, partner, kind):
        return partner.with_context(active_test=False).child_ids.filtered(
            lambda child: child.type == kind
        )
