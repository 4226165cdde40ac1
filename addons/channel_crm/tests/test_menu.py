from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestMenu(TransactionCase):
    def test_channels_are_in_the_crm_menu(self):
        menu = self.env.ref("channel_crm.menu_sale_channels")
        self.assertEqual(
            menu.action, self.env.ref("channel_base.sale_channel_action_sales")
        )
        self.assertIn(menu, self.env.ref("crm.crm_menu_root").child_id.child_id)
