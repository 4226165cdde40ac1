from odoo.tests import tagged

from odoo.addons.test_channel.tests.contract import ProviderContract

from .common import SKU, RemoteOrders


@tagged("post_install", "-at_install")
class TestMercadoLibreContract(RemoteOrders, ProviderContract):
    """What every provider must do, over real HTTP."""

    provider = "mercadolibre"

    def setUp(self):
        super().setUp()
        self.remote_rows = {}
        self.start_sandbox()
        self.connect(self.channel)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_product(SKU, cls.tax_21)

    def run_cancelled(self):
        """Searches hide cancelled orders: a person asks for them again."""
        external_id = next(iter(self.remote_rows))
        self.inbox(external_id).action_fetch_again()
        self.run_flow()
