from . import test_twins
