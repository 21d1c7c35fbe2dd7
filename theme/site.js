// What mdBook's page lacks for a keyboard and a finger: a button that shows and hides the list of sections, ways
// to put that list away, a way past it to the text, and arrow keys that scroll what has the focus.
(() => {
  "use strict";
  const checkbox = document.getElementById("mdbook-sidebar-toggle-anchor");
  const toggle = document.getElementById("mdbook-sidebar-toggle");
  const sidebar = document.getElementById("mdbook-sidebar");
  // In a book that plain mdBook has built it is a label.
  if (toggle.tagName === "BUTTON") {
    toggle.setAttribute("aria-expanded", checkbox.checked);
    const show = (shown) => {
      checkbox.checked = shown;
      checkbox.dispatchEvent(new Event("change"));
    };
    toggle.addEventListener("click", () => show(!checkbox.checked));
    // On a narrow window the list pushes the text out of sight: a tap on what is left of it puts the list away,
    // and so does Esc.
    const covers = () => checkbox.checked && innerWidth <= 620 + sidebar.offsetWidth;
    document.addEventListener("click", (event) => {
      if (!covers() || event.target.closest("#mdbook-sidebar, #mdbook-sidebar-toggle, noscript")) return;
      if (!event.target.closest("#mdbook-page-wrapper, .page-wrapper")) return;
      event.preventDefault();
      event.stopPropagation();
      show(false);
    }, true);
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !covers() || event.isComposing) return;
      show(false);
      if (sidebar.contains(document.activeElement)) toggle.focus();
    });
    // Who has chosen a section has seen enough of the list.
    sidebar.addEventListener("click", (event) => event.target.closest("a[href]") && covers() && show(false));
  }
  // A wide block that has the focus is scrolled by the arrow keys, which are for mdBook's pages otherwise.
  window.addEventListener("keydown", (event) => {
    if (!/^Arrow(Left|Right)$/.test(event.key) || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const { target } = event;
    if (target.scrollWidth > target.clientWidth && target.closest("main")) event.stopPropagation();
  }, true);
  // A server has one page for every address that isn't there: the language of the address comes first.
  const lost = [...document.querySelectorAll(".lost")];
  const own = lost.find(({ dataset }) => dataset.folder && `${location.pathname}/`.includes(`/${dataset.folder}`));
  if (own && own !== lost[0]) {
    const swap = (section, name) => {
      const old = section.querySelector("h1, h2");
      const fresh = document.createElement(name);
      fresh.append(...old.childNodes);
      old.replaceWith(fresh);
    };
    swap(lost[0], "h2");
    swap(own, "h1");
    own.parentElement.prepend(own);
    document.documentElement.lang = own.lang;
  }
  // 404.html may stand at any address, and a fragment would lead to another page from there.
  document.querySelector(".skip-link")?.addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("mdbook-content").focus();
  });
})();
