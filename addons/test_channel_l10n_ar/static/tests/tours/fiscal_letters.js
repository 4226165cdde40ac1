import { registry } from "@web/core/registry";

// Buyers, and what the draft of their invoice must have.
const BUYERS = [
    { nickname: "INSCRIPTA", responsibility: "IVA Responsable Inscripto", letter: "A" },
    { nickname: "MONOTRIBUTISTA", responsibility: "Responsable Monotributo", letter: "A" },
    { nickname: "EXENTA", responsibility: "IVA Sujeto Exento", letter: "B" },
    { nickname: "CONSUMIDORA", responsibility: "Consumidor Final", letter: "B" },
];

function invoice({ nickname, responsibility, letter }) {
    return [
        {
            content: `Open the order of ${nickname}`,
            trigger: `.o_data_row:contains(${nickname}) td[name=name]`,
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button:contains(Create Invoice)",
            run: "click",
        },
        {
            trigger: ".modal button[name=create_invoices]",
            run: "click",
        },
        {
            trigger: "[name=move_type]:contains(Customer Invoice)",
        },
        {
            content: "The draft has the letter of the table",
            trigger: ".o_field_widget[name=l10n_latam_document_type_id] input",
            run({ anchor }) {
                if (!anchor.value.endsWith(` ${letter}`)) {
                    throw new Error(`${nickname}: ${anchor.value}, not letter ${letter}`);
                }
            },
        },
        {
            trigger: ".o_notebook .nav-link:contains(Other Info)",
            run: "click",
        },
        {
            content: "and says why",
            trigger: `[name=l10n_ar_letter_reason]:contains(${responsibility}: letter ${letter})`,
        },
        {
            trigger: ".breadcrumb-item:first a",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row",
        },
    ];
}

registry.category("web_tour.tours").add("fiscal_letters", {
    steps: () => BUYERS.flatMap(invoice),
});
