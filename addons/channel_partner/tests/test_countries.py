"""Odoo's own data of the countries that the channels sell in."""

from pathlib import Path

from odoo.modules.module import get_module_path
from odoo.tests import TransactionCase, tagged

from ..lib import documents
from ..lib.states import StateTable

STATE_COUNTS = {"AR": 24, "BR": 27, "CL": 16, "CO": 33, "MX": 32, "UY": 19}


@tagged("post_install", "-at_install")
class TestCountries(TransactionCase):
    def test_every_state_is_found_by_code_and_by_name(self):
        for country_code, count in STATE_COUNTS.items():
            states = self.env["res.country.state"].search(
                [("country_id.code", "=", country_code)]
            )
            self.assertEqual(len(states), count, country_code)
            rows = [(state.code, state.name) for state in states]
            table = StateTable(country_code, rows)
            for code, name in rows:
                suffix = code.removeprefix(f"{country_code}-")
                with self.subTest(country=country_code, state=name):
                    self.assertEqual(table.find(f"{country_code}-{suffix}"), code)
                    self.assertEqual(table.find(suffix.lower()), code)
                    self.assertEqual(table.find("", name.upper()), code)

    def test_every_identification_type_exists(self):
        for kind in documents.KINDS:
            for xmlid in kind.types:
                with self.subTest(document=kind.word, type=xmlid):
                    found = self.env.ref(xmlid, raise_if_not_found=False)
                    self.assertTrue(found or self.is_in_files(xmlid))

    def is_in_files(self, xmlid):
        """Whether a localisation that is not installed would bring the record."""
        module, name = xmlid.split(".")
        files = Path(get_module_path(module), "data").glob("*identification*")
        texts = [path.read_text() for path in files]
        return any(
            f"'{name}'" in t or f'"{name}"' in t or f"\n{name}," in t for t in texts
        )

    def test_the_rules_are_odoo_s_rules(self):
        """What passes here passes Odoo's check of a company's number, and stays so."""
        for country, number, written in (
            ("mx", "UBA930714AB4", "UBA930714AB4"),
            ("cl", "76.086.428-5", "76086428-5"),
            ("cl", "20347878K", "20347878-K"),
            ("co", "900373115", "900373115-3"),
            ("uy", "211003420017", "211003420017"),
        ):
            kind = next(
                kind
                for kind in documents.KINDS
                if kind.country == country.upper()
                and kind.word in ("RFC", "RUT", "NIT")
            )
            checked = documents.check(kind.word, number, kind.country)
            self.assertFalse(checked.problem)
            partner = self.env["res.partner"].create(
                {
                    "name": "Empresa",
                    "country_id": self.env.ref(f"base.{country}").id,
                    "vat": checked.number,
                }
            )
            self.assertEqual(partner.vat, written)
            self.assertTrue(documents.same(partner.vat, checked.number))
