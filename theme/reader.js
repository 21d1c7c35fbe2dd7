// What stays of a reader in this browser, and of nobody else: Rust, Python or both; the pages that were read; how
// far the last one was. And what a wide window or a long table has room for: the contents of the page at its side,
// a filter. Without this script all can be read.
(() => {
  "use strict";
  const WORDS = {
    en: {
      both: "Both", contents: "On this page", read: "read", goOn: "Go on reading: ", filter: "Filter the names", rows: (n) => `${n} ${n === 1 ? "row" : "rows"}`,
    },
    zh: {
      both: "並列", contents: "本頁內容", read: "已讀", goOn: "接著讀：", filter: "篩選名稱", rows: (n) => `${n} 列`,
    },
  };
  const say = WORDS[document.documentElement.lang.slice(0, 2)] || WORDS.en;
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
    label.append(input, ` ${say.both}`);
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
  const content = main.parentElement;
  const room = content && content.clientWidth - parseFloat(getComputedStyle(content).paddingInlineStart) * 2;
  choose(kept.get("language") ?? (all.length && room >= 1500 ? "both" : null));

  // The pages that were read to their end, by their way from the cover, the same in every language.
  const edition = new URL(path_to_root || "./", document.baseURI).pathname;
  const nameOf = (pathname) => (pathname.startsWith(edition) ? pathname.slice(edition.length) || "index.html" : null);
  const here = nameOf(location.pathname);
  const isSection = document.querySelector(".nav-wrapper a") && !/^(print|404|index)\.html$/.test(here || "404.html");
  const markRead = () => {
    const read = new Set(kept.get("read") || []);
    for (const link of document.querySelectorAll("#mdbook-sidebar .chapter a[href]")) {
      if (link.hash || !read.has(nameOf(link.pathname)) || link.querySelector(".read")) continue;
      const mark = document.createElement("span");
      mark.className = "read";
      mark.textContent = "✓";
      mark.setAttribute("role", "img");
      mark.setAttribute("aria-label", say.read);
      link.append(" ", mark);
    }
  };
  markRead();
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
    const line = document.createElement("p");
    line.className = "cover-on";
    const link = document.createElement("a");
    link.href = edition + last.page + (last.at ? `#${last.at}` : "");
    link.textContent = last.title;
    line.append(say.goOn, link);
    place.before(line);
  }

  // The contents of the page, for windows that have room at the right.
  const headings = [...main.querySelectorAll(":scope > h2[id]")].filter(({ id }) => id);
  if (headings.length > 1 && !document.querySelector("h1#cover, .lost") && here !== "print.html") {
    const list = document.createElement("nav");
    list.className = "page-contents";
    list.setAttribute("aria-label", say.contents);
    const title = document.createElement("p");
    title.textContent = say.contents;
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
    let waiting = false;
    const follow = () => {
      waiting = false;
      const at = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 4).length - 1;
      links.forEach((link, i) => (i === at ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
    };
    addEventListener("scroll", () => {
      if (!waiting) requestAnimationFrame(follow);
      waiting = true;
    }, { passive: true });
    follow();
  }

  // Names to look up: a filter above the first table, which leaves rows that have what is typed.
  const tables = [...main.querySelectorAll("table.lookup")];
  const filter = main.querySelector(".lookup-filter");
  if (filter) {
    const rows = tables.flatMap((table) => [...table.querySelectorAll("tbody tr")]);
    const text = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
    const label = document.createElement("label");
    const field = document.createElement("input");
    field.type = "search";
    const told = document.createElement("output");
    label.append(`${say.filter} `, field, " ", told);
    filter.append(label);
    field.addEventListener("input", () => {
      const asked = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let found = 0;
      for (const row of rows) {
        row.hidden = !asked.every((word) => text.get(row).includes(word));
        if (!row.hidden) found++;
      }
      for (const table of tables) {
        const empty = ![...table.querySelectorAll("tbody tr")].some((row) => !row.hidden);
        (table.closest(".table-wrapper") || table).hidden = empty;
      }
      main.classList.toggle("filtered", asked.length > 0);
      told.textContent = asked.length ? say.rows(found) : "";
    });
  }
})();
