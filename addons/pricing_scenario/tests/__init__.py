from . import test_cascade
