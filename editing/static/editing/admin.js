// Select2 gives its boxes no name that a screen reader could say: take that of the field each stands for.
"use strict";
{
    const nameOf = (field) => {
        const label = document.querySelector(`label[for="${field.id}"]`);
        return field.getAttribute("aria-label") || (label ? label.textContent.replace(/:$/, "").trim() : "");
    };
    const nameAll = () => {
        for (const field of document.querySelectorAll("select.admin-autocomplete")) {
            const box = field.parentElement.querySelector(`.select2-selection`);
            if (box) {
                for (const one of [box, ...box.querySelectorAll("[role=textbox], .select2-search__field")]) {
                    one.removeAttribute("aria-labelledby");
                    one.setAttribute("aria-label", nameOf(field));
                }
            }
        }
    };
    document.addEventListener("formset:added", () => setTimeout(nameAll));
    document.addEventListener("DOMContentLoaded", () => {
        django.jQuery(nameAll);
        django.jQuery(document).on("select2:open", (event) => {
            const opened = ".select2-container--open .select2-search__field, .select2-results__options";
            for (const one of document.querySelectorAll(opened)) {
                one.setAttribute("aria-label", nameOf(event.target));
            }
        });
    });
}
