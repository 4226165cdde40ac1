from . import (
    test_cascade,
    test_customer,
    test_explanation,
    test_generation,
    test_import,
    test_order,
    test_price,
    test_scenario,
    test_security,
    test_to_generate,
    test_tour,
    test_upgrade,
)
