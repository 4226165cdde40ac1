import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("channel_follow_cancelled_order", {
    steps: () => [
        {
            content: "The list says what happened and proposes what to do",
            trigger: ".o_data_row:contains(after its delivery):contains(Take the goods back)",
        },
        {
            content: "Take the goods back",
            trigger: ".o_data_row:contains(after its delivery) button[name=action_apply]",
            run: "click",
        },
        {
            content: "The return is made; receive it",
            trigger: ".o_form_view button[name=button_validate]:enabled",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Done)",
        },
        {
            trigger: ".breadcrumb-item a:contains(To Review), .o_back_button",
            run: "click",
        },
        {
            content: "What was carried out is no longer in the list",
            trigger: ".o_list_view:not(:contains(after its delivery)) .o_data_row:contains(after it was invoiced) button[name=action_apply]",
            run: "click",
        },
        {
            content: "The credit note is drafted; post it",
            trigger: ".o_form_view button[name=action_post]:enabled",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Posted)",
        },
        {
            trigger: ".breadcrumb-item a:contains(To Review), .o_back_button",
            run: "click",
        },
        {
            content: "Nothing is left to decide",
            trigger: ".o_view_nocontent_smiling_face",
        },
    ],
});
