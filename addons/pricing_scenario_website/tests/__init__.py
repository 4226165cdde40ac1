from . import test_access, test_explanation, test_shop, test_tour, test_visitor
