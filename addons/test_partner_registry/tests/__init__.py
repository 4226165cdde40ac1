from . import test_decide, test_queue, test_rights
