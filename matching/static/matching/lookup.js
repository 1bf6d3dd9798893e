"use strict";
// Select2 gives the field that it draws in place of a select no name: take the select's own label, once it is drawn.
django.jQuery(() => {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const drawn = document.getElementById(`select2-${select.id}-container`);
    if (drawn && select.labels.length) drawn.setAttribute("aria-label", select.labels[0].textContent.replace(/:$/, ""));
  }
});
