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
