# Odoo 19 with these addons.
#   docker build -t channels .
FROM odoo:19

USER root

# What the image lacks: OCA addons and a newer python-stdnum. --no-deps because the addons name
# "odoo" as a dependency, which the image has and the index has not. --ignore-installed
# because an older python-stdnum belongs to the system and cannot be removed.
COPY requirements.txt /tmp/requirements.txt
RUN pip install --no-cache-dir --break-system-packages --no-deps --ignore-installed \
        -r /tmp/requirements.txt \
    && rm /tmp/requirements.txt

# Not /mnt/extra-addons: the image declares it as a volume
COPY addons /opt/channel-addons
COPY odoo.conf /etc/odoo/odoo.conf
# Test addons have no place on a server that others reach
RUN rm -rf /opt/channel-addons/test_*

USER odoo
