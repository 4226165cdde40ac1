import importlib.util
from pathlib import Path

from odoo.tests import TransactionCase, new_test_user, tagged

SCRIPT = Path(__file__).parents[1] / "migrations/19.0.1.5.0/post-menus.py"


@tagged("post_install", "-at_install")
class TestMenus(TransactionCase):
    def setUp(self):
        super().setUp()
        self.menu = self.env.ref("sale_channel.menuitem_sale_channels")

    def test_the_menu_of_others_stays(self):
        """Who configures sales finds it, and the views work without our groups."""
        self.assertTrue(self.menu.active)
        user = new_test_user(self.env, "jefa", "sales_team.group_sale_manager")
        seen = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        self.assertIn(self.menu.id, seen)
        self.assertNotIn(self.env.ref("channel_base.menu_root").id, seen)
        views = [(False, kind) for kind in ("list", "form", "search")]
        self.env["sale.channel"].with_user(user).get_views(views)

    def test_the_upgrade_switches_it_on_again(self):
        self.menu.active = False
        spec = importlib.util.spec_from_file_location("upgrade_script", SCRIPT)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        for _time in range(2):
            script.migrate(self.env.cr, "19.0.1.4.0")
        self.assertTrue(self.menu.active)
