import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("channel_follow_cancelled_order", {
    steps: () => [
        {
            content: "The list says what happened and proposes one piece of work",
            trigger:
                ".o_data_row:contains(after it was delivered):contains(Take the goods back + Make the credit note)",
        },
        {
            content: "Do all of it",
            trigger: ".o_data_row:contains(after it was delivered) button[name=action_apply]",
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
            content: "Nothing is left to decide",
            trigger: ".o_view_nocontent_smiling_face",
        },
    ],
});
