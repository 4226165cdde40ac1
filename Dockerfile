# Odoo 19 with these addons; docs/deployment.md says how it is run.
#   docker build -t channels .
# A dated build: "odoo:19" is another Odoo every few weeks.
FROM odoo:19.0-20260926

USER root

# What the image lacks: OCA addons and a newer python-stdnum. --no-deps because the addons name
# "odoo" as a dependency, which the image has and the index has not. --ignore-installed
# because an older python-stdnum belongs to the system and cannot be removed.
COPY requirements.txt /tmp/requirements.txt
RUN pip install --no-cache-dir --break-system-packages --no-deps --ignore-installed \
        --require-hashes -r /tmp/requirements.txt \
    && rm /tmp/requirements.txt

# Not /mnt/extra-addons: the image declares it as a volume
COPY addons /opt/channel-addons
COPY odoo.conf /etc/odoo/odoo.conf
COPY --chmod=755 docker/start.py docker/health.py /usr/local/bin/
# Test addons have no place on a server that others reach. The configuration with its
# secrets is written at each start, outside of the volumes and their backups.
RUN rm -rf /opt/channel-addons/test_* \
    && install -d -o odoo -g odoo -m 700 /run/odoo
ENV ODOO_RC=/run/odoo/odoo.conf

USER odoo
ENTRYPOINT ["start.py"]
CMD ["odoo"]
# Only what answers is well: the first start installs the addons before it listens
HEALTHCHECK --start-period=15m --interval=60s --timeout=20s --retries=3 \
    CMD ["health.py"]
