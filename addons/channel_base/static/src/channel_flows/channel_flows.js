import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, onWillStart } from "@odoo/owl";
import { formatDate } from "@web/core/l10n/dates";

const { DateTime } = luxon;

/** The flows of a channel on its card: a switch, the last run and the next one. */
export class ChannelFlows extends Component {
    static template = "channel_base.ChannelFlows";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        onWillStart(async () => {
            this.canSwitch = await user.hasGroup("channel_base.group_channel_manager");
        });
    }

    get flows() {
        const { records } = this.props.record.data[this.props.name];
        return records.map(({ resId, data }) => ({
            id: resId,
            label: data.display_name,
            enabled: data.enabled,
            failed: data.failures > 0,
            progress: data.progress,
            warning: data.warning,
            last: this.format(data.last_run_at),
            next: this.format(data.next_run_at),
        }));
    }

    /** Today's moments by their time, others by their date. */
    format(moment) {
        if (!moment) {
            return "–";
        }
        return moment.hasSame(DateTime.now(), "day")
            ? moment.toLocaleString(DateTime.TIME_24_SIMPLE)
            : formatDate(moment);
    }

    async onSwitch(flow) {
        await this.orm.call("sale.channel.flow", "action_toggle", [[flow.id]]);
        await this.props.record.load();
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
        { name: "progress", type: "char" },
        { name: "warning", type: "char" },
    ],
};

registry.category("fields").add("channel_flows", channelFlows);
