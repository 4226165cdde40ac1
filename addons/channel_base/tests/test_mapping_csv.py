from odoo.tests import tagged

from .common import ChannelCase

FIELDS = ("channel_id", "kind_id", "external_value", "external_label", "record_name")


@tagged("post_install", "-at_install")
class TestMappingCsv(ChannelCase):
    def load(self, *rows, names=FIELDS):
        mappings = self.env["sale.channel.mapping"].with_user(self.manager)
        result = mappings.load(list(names), [list(row) for row in rows])
        return result, mappings.browse(result["ids"] or [])

    def test_export_edit_import(self):
        self.make_mapping("PER", external_label="Perú")
        self.make_mapping("CHL", res_id=self.env.ref("base.cl").id)
        rows = self.env["sale.channel.mapping"].search(
            [("channel_id", "=", self.channel.id)], order="external_value"
        )
        names = [".id", *FIELDS]
        data = rows.with_user(self.manager).export_data(names)["datas"]
        by_value = {row[3]: row for row in data}
        self.assertEqual(by_value["CHL"][5], "Chile")
        self.assertFalse(by_value["PER"][5])
        by_value["PER"][5] = "Peru"
        text = [[str(cell or "") for cell in row] for row in data]
        result, loaded = self.load(*text, names=names)
        self.assertFalse(result["messages"])
        self.assertEqual(loaded, rows)
        self.env.invalidate_all()
        self.assertEqual(
            rows.mapped("record_ref"),
            [self.env.ref("base.cl"), self.env.ref("base.pe")],
        )

    def test_new_rows(self):
        result, rows = self.load(
            ("Canal", "country", "PER", "Perú", "Peru"),
            ("Canal", "country", "CHL", "", ""),
        )
        self.assertFalse(result["messages"])
        self.assertEqual(rows.mapped("is_mapped"), [True, False])

    def test_a_name_that_is_nobody_s_or_several_s_is_an_error_of_its_row(self):
        self.env["res.partner.category"].create([{"name": "Doble"}, {"name": "Doble"}])
        for kind, name in (("country", "Zzz"), ("category", "Doble")):
            with self.subTest(name=name):
                result, rows = self.load(("Canal", kind, "V", "", name))
                self.assertTrue(result["messages"])
                self.assertFalse(rows)
