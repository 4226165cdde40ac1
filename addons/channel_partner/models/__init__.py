from . import sale_channel
from . import sale_channel_partner
from . import sale_channel_partner_customer
from . import sale_channel_partner_link
from . import sale_channel_partner_attach
from . import res_partner
