"""Whether two names can be one person's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.channel_partner.lib.names import clearly_differ


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ("Ana Paz", "Ana Paz"),
        ("Ana Paz", "PAZ, Ana"),
        ("María Núñez", "NUNEZ MARIA"),
        ("A. Paz", "Ana Paz"),
        ("Ana M. Paz", "Ana María Paz"),
        ("Ana Paz", "Ana María Paz de Olivera"),
        ("Ana Paz", "Ana Olivera"),
        ("Gonzalez Juan", "Juan Gonsález"),
        ("João da Silva", "Joao Silva"),
        ("Brumelia S.A.", "BRUMELIA SA"),
        ("Orvalí S de RL de CV", "ORVALI"),
        ("Paz y Cía. S.R.L.", "Paz y Compañía"),
        # Nothing is proved by one word, or by none.
        ("Ana Paz", "PAZANA1234"),
        ("LUCIAROJAS", "Carlos Olivera"),
        ("Ana Paz", "Cliente 22"),
        ("", "Carlos Olivera"),
        (None, None),
        ("🙂 .", "Carlos Olivera"),
    ],
)
def test_can_be_the_same(told, known):
    assert not clearly_differ([told], [known])
    assert not clearly_differ([known], [told])


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ("Ana Paz", "Carlos Olivera"),
        ("María Laura Gómez", "María Fernanda López"),
        ("Ferlunor Comercial SpA", "Brumelia Maderas SpA"),
        ("Distribuidora Norte S.A.", "Carlos Olivera"),
        ("de la Paz Ana", "de la Fuente Luis"),
    ],
)
def test_clearly_two(told, known):
    assert clearly_differ([told], [known])
    assert clearly_differ([known], [told])


def test_one_name_that_fits_is_enough():
    assert not clearly_differ(["Ana Paz", "Brumelia Maderas"], ["Paz Ana"])
    assert not clearly_differ(["Ana Paz"], ["Brumelia Maderas", "Paz Ana"])
    assert clearly_differ(["Ana Paz"], ["Brumelia Maderas", "ANA1234"])
    assert not clearly_differ([], ["Ana Paz"])


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_same_for_both(one, other):
    assert clearly_differ([one], [other]) == clearly_differ([other], [one])
    assert not clearly_differ([one], [one])
