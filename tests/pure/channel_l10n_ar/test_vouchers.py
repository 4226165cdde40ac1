import pytest

from odoo.addons.channel_l10n_ar.lib.vouchers import credit_note_code


@pytest.mark.parametrize(
    ("code", "note"),
    [
        ("1", "3"),
        ("6", "8"),
        ("11", "13"),
        ("19", "21"),
        ("51", "53"),
        ("201", "203"),
        ("206", "208"),
        ("211", "213"),
        ("7", "8"),
        ("83", ""),
        ("", ""),
        (None, ""),
        (False, ""),
    ],
)
def test_a_note_is_of_the_class_of_what_it_credits(code, note):
    assert credit_note_code(code) == note
