// Two things that mdBook's page lacks for a keyboard: a button that shows and hides the list of sections,
// and a way past that list to the text.
(() => {
  "use strict";
  const checkbox = document.getElementById("mdbook-sidebar-toggle-anchor");
  const toggle = document.getElementById("mdbook-sidebar-toggle");
  // In a book that plain mdBook has built it is a label.
  if (toggle.tagName === "BUTTON") {
    toggle.setAttribute("aria-expanded", checkbox.checked);
    toggle.addEventListener("click", () => {
      checkbox.checked = !checkbox.checked;
      checkbox.dispatchEvent(new Event("change"));
    });
  }
  // 404.html may stand at any address, and a fragment would lead to another page from there.
  document.querySelector(".skip-link")?.addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("mdbook-content").focus();
  });
})();
