from odoo.tests import tagged
from odoo.tools.misc import file_path

from .common import ChannelCase


@tagged("post_install", "-at_install")
class TestNeutralize(ChannelCase):
    def test_a_neutralised_copy_holds_no_secret_and_stands_still(self):
        credential = self.env["sale.channel.credential"].create(
            {
                "channel_id": self.channel.id,
                "client_id": "app",
                "client_secret": "hush",
                "oauth_state": "abc",
                "oauth_verifier": "def",
            }
        )
        tokens = {"access_token": "AT", "refresh_token": "RT", "expires_in": 60}
        with self.enter_registry_test_mode():
            credential._connect(tokens, "42")
        credential.write({"oauth_state": "abc", "oauth_verifier": "def"})
        self.channel.state = "live"
        trial = self.make_channel("De prueba", self.company)
        trial.state = "trial"
        draft = self.make_channel("Nuevo", self.company)
        self.env.flush_all()
        with open(
            file_path("channel_base/data/neutralize.sql"), encoding="utf-8"
        ) as sql:
            self.cr.execute(sql.read())
        self.env.invalidate_all()
        for name in (
            "client_secret",
            "access_token",
            "refresh_token",
            "oauth_state",
            "oauth_verifier",
            "expires_at",
        ):
            self.assertFalse(credential[name], name)
        self.assertEqual(credential.state, "none")
        self.assertEqual(
            (self.channel.state, trial.state, draft.state),
            ("paused", "paused", "draft"),
        )
