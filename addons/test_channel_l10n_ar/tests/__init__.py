from . import (
    test_automatic,
    test_credit_notes,
    test_customers,
    test_drafts,
    test_expected_table,
    test_import,
    test_settle,
    test_tours,
)
