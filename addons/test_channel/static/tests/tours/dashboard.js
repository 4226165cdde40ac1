import { registry } from "@web/core/registry";

const CARD = ".o_channel_dashboard .o_kanban_record:contains(Canal)";

registry.category("web_tour.tours").add("channel_dashboard", {
    steps: () => [
        {
            content: "The channel's card shows its flow",
            trigger: `${CARD} .o_channel_flows:contains(Orders In)`,
        },
        {
            content: "One order failed",
            trigger: `${CARD} .o_channel_counters a:contains(Failed):contains(1)`,
            run: "click",
        },
        {
            content: "It is listed, with the reason",
            trigger:
                ".o_list_view .o_data_row:contains(F1) [name=error_message]:contains(NOT-THERE)",
        },
        {
            content: "And only it",
            trigger: ".o_list_view .o_list_table:not(:contains(F2))",
        },
        {
            trigger: ".o_breadcrumb a:contains(Sales Channels), .o_back_button",
            run: "click",
        },
        {
            trigger: `${CARD} button[name=action_pause]`,
            run: "click",
        },
        {
            content: "Its badge tells that it is paused",
            trigger: `${CARD} .o_field_badge[name=state]:contains(Paused)`,
        },
        {
            trigger: `${CARD} button[name=action_resume]:contains(Resume)`,
            run: "click",
        },
        {
            content: "And that it works again",
            trigger: `${CARD} .o_field_badge[name=state]:contains(Live)`,
        },
    ],
});
