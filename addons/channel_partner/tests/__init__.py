from . import test_countries
from . import test_create
from . import test_update
from . import test_documents
from . import test_addresses
from . import test_robustness
from . import test_merge_partners
from . import test_access
