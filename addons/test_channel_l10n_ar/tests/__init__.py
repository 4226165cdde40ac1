from . import test_expected_table, test_import, test_settle, test_tours
