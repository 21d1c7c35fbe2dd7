// The buttons of the code blocks, which copy what a block shows, and a long program whole. A mark in a
// folded program unfolds it, and so does a find in the page. Without this script all can be read.
"use strict";
(() => {
  // The words of the page's language come from tools/words when the site is built.
  const WORDS = null;
  if (!WORDS) return;

  /** What a block gives: its text; of a terminal the commands; without the lines that mdBook hides now. */
  function textOf(code) {
    const copy = code.cloneNode(true);
    if (code.classList.contains("hide-boring")) copy.querySelectorAll(".boring").forEach((line) => line.remove());
    const text = copy.textContent;
    if (!code.classList.contains("language-console")) return text;
    const commands = text.split("\n").filter((line) => line.startsWith("$ ")).map((line) => line.slice(2));
    return commands.length ? commands.join("\n") + "\n" : text;
  }

  async function write(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    // A page that comes by plain http has no such clipboard.
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("execCommand");
  }

  const said = document.createElement("p");
  said.className = "book-said";
  said.setAttribute("role", "status");
  document.querySelector("main")?.append(said);

  function button(name, text) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "book-copy";
    button.textContent = WORDS.copy;
    if (name) button.setAttribute("aria-label", WORDS.of + name);
    let timer;
    button.addEventListener("click", async () => {
      let answer = WORDS.copied;
      try {
        await write(text());
      } catch {
        answer = WORDS.failed;
      }
      button.textContent = said.textContent = answer;
      clearTimeout(timer);
      timer = setTimeout(() => {
        button.textContent = WORDS.copy;
        said.textContent = "";
      }, 2000);
    });
    return button;
  }

  // A box that scrolls is reached by the keyboard, and one that doesn't is no stop.
  const watch = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });

  // What is looked up in long tables never scrolls sideways, and needn't be laid out for the question.
  for (const table of document.querySelectorAll(".table-wrapper > table:not(.lookup)")) watch.observe(table.parentElement);
  for (const code of document.querySelectorAll("pre > code")) {
    watch.observe(code);
    const program = code.closest(".program");
    code.parentElement.append(button(program?.querySelector(".program-file code").textContent, () => textOf(code)));
  }
  for (const run of document.querySelectorAll(".program-run")) {
    const command = run.querySelector("code").textContent;
    run.append(button(command, () => command));
  }

  for (const more of document.querySelectorAll(".program-more")) {
    const program = more.parentElement;
    const seek = "onbeforematch" in document.body;
    const parts = program.querySelectorAll(".fold");
    const fold = () =>
      parts.forEach((part) => (more.open || !seek ? part.removeAttribute("hidden") : part.setAttribute("hidden", "until-found")));
    fold();
    // What folds the program again is at hand at its top too, however long it has become.
    const again = document.createElement("button");
    again.type = "button";
    again.className = "book-copy book-fold";
    again.textContent = WORDS.fold;
    again.hidden = !more.open;
    again.addEventListener("click", () => {
      more.open = false;
      more.firstElementChild.focus();
      program.scrollIntoView({ block: "nearest", behavior: "instant" });
    });
    more.addEventListener("toggle", () => (again.hidden = !more.open));
    program.querySelector(".program-file")?.after(again);
    program.addEventListener("beforematch", () => (more.open = true));
    more.addEventListener("toggle", fold);
    program.addEventListener("click", (event) => {
      if (event.target.classList.contains("fold-mark")) more.open = true;
    });
    // The line above the button stays where it is when lines come or go.
    const summary = more.firstElementChild;
    summary.addEventListener("click", () => {
      const fixed = more.open ? summary : [...program.querySelectorAll(".fold-mark")].pop();
      const before = fixed.getBoundingClientRect().top;
      requestAnimationFrame(() => scrollBy({ top: fixed.getBoundingClientRect().top - before, behavior: "instant" }));
    });
  }
})();
