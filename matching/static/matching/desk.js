"use strict";
// Names what the admin leaves without: the fields that Select2 draws in place of selects, and those in rows of tables.
function column(field) {
  const cell = field.closest(".tabular td");
  return cell?.closest("table").querySelectorAll("thead th")[cell.cellIndex]?.textContent.trim() ?? "";
}
function nameFields() {
  for (const field of document.querySelectorAll(".tabular :is(input:not([type=hidden]), select, textarea)")) {
    if (!field.labels?.length) field.setAttribute("aria-label", column(field));
  }
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const name = select.labels.length ? select.labels[0].textContent.trim().replace(/:$/, "") : column(select);
    for (const drawn of select.parentElement.querySelectorAll("span.select2-selection__rendered, .select2-search__field")) {
      drawn.setAttribute("aria-label", name);
    }
  }
  // The cross that empties a field stands among the list of what is chosen.
  for (const cross of document.querySelectorAll("ul > .select2-selection__clear")) cross.setAttribute("role", "listitem");
  // Wide tables scroll in their group, also for those who have no mouse.
  for (const group of document.querySelectorAll("[data-inline-type=tabular]")) group.tabIndex = 0;
}
if (window.django?.jQuery) {
  django.jQuery(nameFields); // once the fields are drawn
  django.jQuery(document).on("change", "select.admin-autocomplete", nameFields);
  document.addEventListener("formset:added", () => django.jQuery(nameFields));
}
