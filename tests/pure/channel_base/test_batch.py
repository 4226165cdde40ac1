"""The memory of a pass."""

from odoo.addons.channel_base.lib.batch import Batch


def test_a_look_up_remembers_within_its_pass():
    batch = Batch("channel")
    batch.memo("country")["AR"] = 10
    assert batch.memo("country") == {"AR": 10}
    assert batch.memo("state") == {}
    assert Batch("channel").memo("country") == {}
