// The links to other languages lead to the heading that is being read; without this script, to its page.
(() => {
  "use strict";
  const links = document.querySelectorAll("a.language");

  // The heading that the address names, if it is in sight; otherwise the last one that has gone past the
  // top of the window, or is near it.
  function heading() {
    const named = document.querySelector("main :target");
    if (named) {
      const box = named.getBoundingClientRect();
      if (box.bottom > 0 && box.top < innerHeight) return named.id;
    }
    let last = "";
    for (const each of document.querySelectorAll("main :is(h1, h2, h3, h4, h5, h6)[id]")) {
      if (each.getBoundingClientRect().top > innerHeight / 3) break;
      last = each === document.querySelector("main h1[id]") ? "" : each.id;
    }
    return last;
  }

  function lead(link) {
    const id = heading();
    link.href = link.getAttribute("href").split("#")[0] + (id && `#${encodeURIComponent(id)}`);
  }

  for (const link of links) {
    for (const event of ["pointerenter", "focus", "click", "auxclick", "contextmenu"]) {
      link.addEventListener(event, () => lead(link));
    }
  }
})();
