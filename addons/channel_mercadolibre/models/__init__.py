from . import sale_channel
from . import sale_channel_credential
from . import sale_channel_flow
from . import sale_channel_hint
from . import sale_channel_text
from . import res_partner
from . import sale_order
