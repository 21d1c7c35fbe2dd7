// What stays of a reader in this browser, and of nobody else: Rust, Python or both; the pages that were read; how
// far the last one was. And what a wide window or a long table has room for: the contents of the page at its side,
// a filter. Without this script all can be read.
(() => {
  "use strict";
  // The words of the page's language come from tools/words when the site is built.
  const WORDS = null;
  if (!WORDS) return;
  const main = document.querySelector("main");
  if (!main) return;

  // Where storage is forbidden nothing is kept, and nothing else is different.
  const kept = {
    get(name) {
      try {
        return JSON.parse(localStorage.getItem(`book-${name}`));
      } catch {
        return null;
      }
    },
    set(name, value) {
      try {
        localStorage.setItem(`book-${name}`, JSON.stringify(value));
      } catch {}
    },
  };

  // Rust, Python or both, on every page at once.
  const all = [...document.querySelectorAll(".twins")];
  const choose = (choice) => {
    for (const twins of all) {
      const inputs = twins.querySelectorAll(".twins-tabs input");
      const at = ["rust", "python", "both"].indexOf(choice);
      if (!inputs[at]) continue;
      inputs[at].checked = true;
      twins.dataset.chosen = choice;
    }
  };
  for (const twins of all) {
    const tabs = twins.querySelector(".twins-tabs");
    const first = tabs?.querySelector("input");
    if (!first) continue;
    const label = document.createElement("label");
    label.className = "twins-both";
    const input = document.createElement("input");
    input.type = "radio";
    input.name = first.name;
    label.append(input, ` ${WORDS.both}`);
    tabs.append(label);
    twins.addEventListener("change", (event) => {
      const at = [...tabs.querySelectorAll("input")].indexOf(event.target);
      if (at < 0) return;
      // What is looked at stays where it is, though programs above it change.
      const before = twins.getBoundingClientRect().top;
      const choice = ["rust", "python", "both"][at];
      choose(choice);
      kept.set("language", choice);
      scrollBy({ top: twins.getBoundingClientRect().top - before, behavior: "instant" });
    });
  }
  // Where both fit without a thought, the style shows both to whoever hasn't chosen.
  const hasRoom = () => {
    const content = main.parentElement;
    return content.clientWidth - parseFloat(getComputedStyle(content).paddingInlineStart) * 2 >= 1500;
  };
  if (all.length) choose(kept.get("language") ?? (hasRoom() ? "both" : null));

  // The pages that were read to their end, and what was answered on them, by their way from the cover, the same in every language.
  const edition = new URL(path_to_root || "./", document.baseURI).pathname;
  const nameOf = (pathname) => (pathname.startsWith(edition) ? pathname.slice(edition.length) || "index.html" : null);
  const here = nameOf(location.pathname);
  const isSection = document.querySelector(".nav-wrapper a") && !/^(print|404|index)\.html$/.test(here || "404.html");
  const markRead = () => {
    const read = new Set(kept.get("read") || []);
    const answers = kept.get("answers") || {};
    const mark = (link, name, text, label) => {
      let mark = link.querySelector(`.${name}`);
      if (!text) return mark?.remove();
      if (!mark) {
        mark = document.createElement("span");
        mark.className = name;
        mark.setAttribute("role", "img");
        link.append(" ", mark);
      }
      mark.textContent = text;
      mark.setAttribute("aria-label", label);
    };
    for (const link of document.querySelectorAll("#mdbook-sidebar .chapter a[href]")) {
      if (link.hash) continue;
      const page = nameOf(link.pathname);
      if (read.has(page)) mark(link, "read", "✓", WORDS.read);
      const { of, given } = answers[page] || {};
      const right = Object.values(given || {}).filter((each) => each?.[0] === true).length;
      mark(link, "answered", of && `${right}/${of}`, WORDS.answered.replace("{n}", right).replace("{all}", of));
    }
  };
  markRead();
  document.addEventListener("book-answered", markRead);
  if (isSection) {
    kept.set("last", { page: here, title: main.querySelector("h1")?.textContent.trim() ?? "", at: 0 });
    let timer;
    const heading = () => {
      const above = [...main.querySelectorAll(":is(h2, h3)[id]")].filter((each) => each.getBoundingClientRect().top < innerHeight / 3);
      return above.at(-1)?.id ?? "";
    };
    addEventListener("scroll", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        kept.set("last", { page: here, title: main.querySelector("h1")?.textContent.trim() ?? "", at: heading() });
      }, 300);
    }, { passive: true });
    new IntersectionObserver(([entry]) => {
      if (!entry.isIntersecting) return;
      const read = kept.get("read") || [];
      if (!read.includes(here)) kept.set("read", [...read, here]);
      markRead();
    }).observe(document.querySelector(".nav-wrapper"));
  }
  const last = kept.get("last");
  const place = document.querySelector(".cover-ways");
  if (place && /^[\w/.-]+\.html$/.test(last?.page) && last.title) {
    // It takes the place of the introduction, which who has read on doesn't need, so that nothing moves.
    const line = place.querySelector("li");
    line.className = "cover-on";
    const link = document.createElement("a");
    link.href = edition + last.page + (last.at ? `#${last.at}` : "");
    link.textContent = last.title;
    line.replaceChildren(WORDS.go_on, link);
  }

  // The contents of the page, for windows that have room at the right.
  const headings = [...main.querySelectorAll(":scope > h2[id], :scope > .ask-part > h2[id]")].filter(({ id }) => id);
  if (headings.length > 1 && !document.querySelector("h1#cover, .lost") && here !== "print.html") {
    const list = document.createElement("nav");
    list.className = "page-contents";
    list.setAttribute("aria-label", WORDS.contents);
    const title = document.createElement("p");
    title.textContent = WORDS.contents;
    const items = document.createElement("ul");
    const links = headings.map((heading) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `#${heading.id}`;
      link.textContent = heading.textContent.trim();
      item.append(link);
      items.append(item);
      return link;
    });
    list.append(title, items);
    // Behind the text for a keyboard, at its side for the eye.
    const side = document.createElement("div");
    side.className = "page-side";
    side.append(list);
    main.after(side);
    // A note in the margin, two programs and a wide table have the place that they need, and for so long the contents
    // aren't seen.
    const wide = [...main.querySelectorAll(":scope > :is(.blockquote-tag, .twins, .table-wrapper)")];
    let waiting = false;
    const follow = () => {
      waiting = false;
      const at = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 4).length - 1;
      links.forEach((link, i) => (i === at ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
      const own = list.getBoundingClientRect();
      const meets = (box) => box.right > own.left && box.top < own.bottom + 16 && box.bottom > own.top - 16;
      list.classList.toggle("gives-way", wide.some((each) => meets(each.getBoundingClientRect())));
    };
    const soon = () => {
      if (!waiting) requestAnimationFrame(follow);
      waiting = true;
    };
    addEventListener("scroll", soon, { passive: true });
    addEventListener("resize", soon, { passive: true });
    main.addEventListener("change", soon);
    // Not at once: the page is laid out once, when all scripts have done their part.
    soon();
  }

  // Names to look up: a filter above the first table, which leaves rows that have what is typed.
  const tables = [...main.querySelectorAll("table.lookup")];
  const filter = main.querySelector(".lookup-filter");
  if (filter) {
    const rows = tables.flatMap((table) => [...table.querySelectorAll("tbody tr")]);
    // Read when the first letter is typed: until then nobody needs it.
    let texts;
    const label = document.createElement("label");
    const field = document.createElement("input");
    field.type = "search";
    const told = document.createElement("output");
    label.append(`${WORDS.filter} `, field, " ", told);
    filter.append(label);
    field.addEventListener("input", () => {
      const asked = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      texts ??= new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
      let found = 0;
      for (const row of rows) {
        row.hidden = !asked.every((word) => texts.get(row).includes(word));
        if (!row.hidden) found++;
      }
      for (const table of tables) {
        const empty = ![...table.querySelectorAll("tbody tr")].some((row) => !row.hidden);
        (table.closest(".table-wrapper") || table).hidden = empty;
      }
      main.classList.toggle("filtered", asked.length > 0);
      told.textContent = asked.length ? (found === 1 ? WORDS.row : WORDS.rows).replace("{n}", found) : "";
    });
  }
})();
