from __future__ import annotations

from itertools import product

from odoo.addons.channel_catalog.lib.reasons import is_expected, withdraws
from odoo.addons.channel_catalog.lib.traits import VISIBILITIES
from odoo.addons.channel_catalog.lib.visibility import (
    choose_visibility,
    join_visibilities,
)


def test_what_hides_and_what_only_holds() -> None:
    held = ("catalog_no_brand", {})
    assert not withdraws([held, ("whatever", {})])
    assert withdraws([held, ("catalog_brand_hidden", {})])
    assert withdraws([("catalog_product_off", {})])
    # A hidden brand may surprise; what somebody decided does not.
    assert is_expected([held, ("catalog_brand_hidden", {})])
    assert not is_expected([held, ("catalog_not_here", {})])


def test_visibilities() -> None:
    for wanted in VISIBILITIES:
        assert choose_visibility(wanted, VISIBILITIES) == wanted
    assert choose_visibility("search", ("visible", "hidden")) == "visible"
    # Never shown because the channel has no word for it
    assert choose_visibility("hidden", ("visible",)) == "hidden"


def test_a_product_shows_what_one_variant_shows() -> None:
    assert join_visibilities([]) == "hidden"
    for one, other in product(VISIBILITIES, repeat=2):
        found = join_visibilities([one, other])
        assert (found == "hidden") == (one == other == "hidden")
        if one == "hidden":
            assert found == other
    assert join_visibilities(["catalog", "search"]) == "visible"
