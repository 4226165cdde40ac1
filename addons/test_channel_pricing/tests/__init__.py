from . import (
    test_customers,
    test_differences,
    test_faults,
    test_marks,
    test_orders,
    test_origins,
    test_plan,
    test_rights,
    test_sending,
    test_slices,
    test_trial,
    test_upgrade,
)
