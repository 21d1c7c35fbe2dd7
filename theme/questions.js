// Questions that are answered before their answer unfolds. The page has all that can be answered; here it is judged,
// said, and kept in this browser. Without this script a reader thinks of an answer and unfolds the right one.
(() => {
  "use strict";
  // The words of the page's language come from tools/words when the site is built.
  const WORDS = null;
  if (!WORDS) return;
  const asked = [...document.querySelectorAll(".ask[data-ask]")];

  // By page: how many questions it has, and of those that were answered whether rightly, and what was given.
  const kept = {
    all() {
      try {
        const all = JSON.parse(localStorage.getItem("book-answers"));
        return all && typeof all === "object" ? all : {};
      } catch {
        return {};
      }
    },
    change(act) {
      const all = kept.all();
      act(all);
      try {
        localStorage.setItem("book-answers", JSON.stringify(all));
      } catch {}
      document.dispatchEvent(new Event("book-answered"));
    },
  };

  const fill = (text, words) => text.replace(/\{(\w+)\}/g, (all, name) => words[name] ?? all);
  const words = (element) => element?.textContent.trim().replace(/\s+/g, " ") ?? "";

  /** What a kind of question does: its parts, what is given, how it is judged, and how it is given again. */
  const kinds = { one: choices, several: choices, order, number };

  function choices(ask) {
    const all = [...ask.querySelectorAll(".ask-choice")];
    const inputs = all.map((choice) => choice.querySelector("input"));
    const name = (choice) => words(choice.querySelector("label span")).slice(words(choice.querySelector(".ask-mark")).length).trim();
    const isOne = ask.dataset.ask === "one";
    return {
      inputs,
      given: () => inputs.flatMap((input, i) => (input.checked ? [i] : [])),
      give: (given) => inputs.forEach((input, i) => (input.checked = given.includes(i))),
      judge(given) {
        const wrong = given.filter((i) => !("right" in all[i].dataset));
        const missed = isOne ? [] : all.filter((choice, i) => "right" in choice.dataset && !given.includes(i));
        return {
          isRight: wrong.length + missed.length === 0,
          // What is wrong has its reason beside it, and what was left out its mark.
          beside: [...wrong.map((i) => words(all[i].querySelector(".ask-because"))), ...missed.map(name)],
          why: missed.length ? [WORDS.missed] : [],
        };
      },
    };
  }

  function number(ask) {
    const input = ask.querySelector(".ask-number input");
    const cases = [...ask.querySelectorAll(".ask-choice")];
    return {
      inputs: [input],
      given() {
        // Full-width digits are digits too, and a comma stands between thousands.
        const typed = input.value.normalize("NFKC").replace(/[\s,_]/g, "");
        return typed && Number.isFinite(Number(typed)) ? [Number(typed)] : [];
      },
      give: ([given]) => (input.value = given ?? ""),
      judge([given]) {
        const found = cases.find(({ dataset }) => given >= Number(dataset.from) && given <= Number(dataset.to));
        return { isRight: Boolean(found && "right" in found.dataset), beside: [words(found?.querySelector(".ask-because"))], why: [] };
      },
    };
  }

  function order(ask) {
    const list = ask.querySelector(".ask-lines");
    const begin = [...list.children];
    const pairs = ask.dataset.order.split(" ").map((pair) => pair.split("<").map(Number));
    const name = (at) => words(list.querySelector(`[data-at="${at}"] > span`));
    list.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      const line = button?.closest("li");
      if (!line || button.disabled) return;
      // The neighbour moves, so that the button keeps the focus.
      const isUp = button.matches(".ask-up");
      const other = isUp ? line.previousElementSibling : line.nextElementSibling;
      if (other) line[isUp ? "after" : "before"](other);
      const at = [...list.children].indexOf(line) + 1;
      say(ask, fill(WORDS.moved, { n: at, all: list.children.length, line: name(line.dataset.at) }), true);
    });
    return {
      inputs: [...list.querySelectorAll("button")],
      given: () => [...list.children].map((line) => Number(line.dataset.at)),
      give: (given) => list.append(...(given.length ? given.map((at) => begin.find((line) => Number(line.dataset.at) === at)) : begin).filter(Boolean)),
      judge(given) {
        const broken = pairs.find(([first, second]) => given.indexOf(first) > given.indexOf(second));
        return { isRight: !broken, beside: [], why: broken ? [fill(WORDS.before, { first: name(broken[0]), second: name(broken[1]) })] : [] };
      },
    };
  }

  /** Says something where it is asked; `quietly` for those who hear it alone, since the others see it. */
  function say(ask, text, quietly, beside = "") {
    const place = ask.querySelector(".ask-said [role=status]");
    const heard = document.createElement("span");
    heard.className = "book-said";
    heard.textContent = quietly ? text : beside;
    place.replaceChildren(...(quietly ? [heard] : [text, " ", heard]));
    ask.querySelector(".ask-was").textContent = "";
  }

  for (const ask of asked) {
    const own = kinds[ask.dataset.ask](ask);
    const { page } = ask.dataset;
    const id = ask.id.replace(/^part-/, "");
    const [check, again] = [".ask-check", ".ask-again"].map((name) => ask.querySelector(name));
    const details = ask.querySelector("details");

    const show = (state) => {
      if (state) ask.dataset.state = state;
      else delete ask.dataset.state;
      for (const input of [...own.inputs, check]) input.disabled = Boolean(state);
      again.disabled = !state;
    };
    const judge = () => {
      const given = own.given();
      if (check.disabled) return;
      if (!given.length) return say(ask, ask.dataset.ask === "number" ? WORDS.type : WORDS.choose);
      const { isRight, beside, why } = own.judge(given);
      show(isRight ? "right" : "wrong");
      say(ask, [isRight ? WORDS.right : WORDS.wrong, ...why].join(" "), false, beside.join(" "));
      details.open = true;
      again.focus({ preventScroll: true });
      kept.change((all) => {
        all[page] = { of: Number(ask.dataset.of), given: { ...all[page]?.given, [id]: [isRight, given] } };
      });
    };
    ask.forget = () => {
      own.give([]);
      show();
      say(ask, "", true);
      details.open = false;
    };
    check.addEventListener("click", judge);
    ask.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.target.matches("input") || event.isComposing) return;
      // Or the same key presses the button to which the focus goes.
      event.preventDefault();
      judge();
    });
    again.addEventListener("click", () => {
      ask.forget();
      own.inputs[0].focus({ preventScroll: true });
      kept.change((all) => {
        if (!all[page]?.given) return;
        delete all[page].given[id];
        if (!Object.keys(all[page].given).length) delete all[page];
      });
    });

    // What was answered before stands there again; it stays folded, and nothing moves.
    const before = kept.all()[page]?.given?.[id];
    if (Array.isArray(before) && Array.isArray(before[1])) {
      own.give(before[1]);
      show(before[0] ? "right" : "wrong");
      ask.querySelector(".ask-was").textContent = before[0] ? WORDS.right : WORDS.wrong;
    }
  }

  const clear = document.querySelector(".ask-clear");
  clear?.querySelector("button").addEventListener("click", () => {
    kept.change((all) => asked.forEach((ask) => delete all[ask.dataset.page]));
    for (const ask of asked) ask.forget();
    clear.querySelector("[role=status]").textContent = WORDS.cleared;
  });
})();
