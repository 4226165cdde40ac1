from . import (
    test_access,
    test_branch,
    test_cart,
    test_explanation,
    test_shop,
    test_tour,
    test_visitor,
)
