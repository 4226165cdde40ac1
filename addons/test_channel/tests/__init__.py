from . import test_fake_contract
