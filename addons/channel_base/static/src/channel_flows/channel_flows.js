import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";
import { formatDate } from "@web/core/l10n/dates";

/** The flows of a channel on its dashboard card: on or off, last and next run. */
export class ChannelFlows extends Component {
    static template = "channel_base.ChannelFlows";
    static props = { ...standardFieldProps };

    get flows() {
        const { records } = this.props.record.data[this.props.name];
        return records.map(({ resId, data }) => ({
            id: resId,
            label: data.display_name,
            enabled: data.enabled,
            failed: data.failures > 0,
            last: this.format(data.last_run_at),
            next: this.format(data.next_run_at),
        }));
    }

    /** Today's moments by their time, others by their date. */
    format(moment) {
        if (!moment) {
            return "–";
        }
        const today = moment.hasSame(luxon.DateTime.now(), "day");
        return today
            ? moment.toLocaleString(luxon.DateTime.TIME_24_SIMPLE)
            : formatDate(moment);
    }
}

export const channelFlows = {
    component: ChannelFlows,
    supportedTypes: ["one2many"],
    useSubView: false,
    relatedFields: [
        { name: "display_name", type: "char" },
        { name: "enabled", type: "boolean" },
        { name: "failures", type: "integer" },
        { name: "last_run_at", type: "datetime" },
        { name: "next_run_at", type: "datetime" },
    ],
};

registry.category("fields").add("channel_flows", channelFlows);
