from . import test_credential
from . import test_health
from . import test_mapping
from . import test_mapping_csv
from . import test_menus
from . import test_neutralize
