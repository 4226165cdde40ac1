import { registry } from "@web/core/registry";
import {
    ReferenceField,
    referenceField,
} from "@web/views/fields/reference/reference_field";

/**
 * A record of the kind's model.
 *
 * Odoo's own ``model_field`` option reads ``ir.model``, which only administrators may;
 * here the row's ``res_model`` tells the model.
 */
export class ChannelRecordField extends ReferenceField {
    getModelName() {
        return this.props.record.data.res_model || super.getModelName();
    }
}

export const channelRecordField = {
    ...referenceField,
    component: ChannelRecordField,
    fieldDependencies: [{ name: "res_model", type: "char" }],
};

registry.category("fields").add("channel_record", channelRecordField);
