// The schedule explorer: in <schedule-explorer> the reader is the scheduler of a program's workers, step by step. The
// graph of all states comes from tools/schedules; the model here is pure; tests/browser holds the tests of both.
(() => {
  "use strict";

  const WORKERS = ["A", "B", "C"];

  /** A graph as its file has it, with each step in its place, and for each state how many ways lead from it to each outcome. */
  function unpack(data) {
    const next = (pair) => pair && { ...data.steps[pair[0]], to: pair[1] };
    const states = data.states.map((state) => ({ ...state, next: state.next.map(next) }));
    const graph = { ...data, states };
    return { ...graph, counts: counts(graph) };
  }

  /** The steps of a way, as far as it can be gone, and the state to which it leads. */
  function walk(graph, way) {
    const steps = [];
    let at = 0;
    for (const worker of way) {
      const next = graph.states[at].next[worker];
      if (!next || next.to === undefined) break;
      steps.push({ ...next, worker });
      at = next.to;
    }
    return { at, steps };
  }

  /** For each state, how many ways lead from it to each outcome. */
  function counts(graph) {
    const known = [];
    const count = (at) => {
      if (known[at]) return known[at];
      const { outcome, next } = graph.states[at];
      const sums = graph.outcomes.map((_, i) => Number(i === outcome));
      for (const step of next) {
        if (step?.to !== undefined) count(step.to).forEach((more, i) => (sums[i] += more));
      }
      return (known[at] = sums);
    };
    graph.states.forEach((_, at) => count(at));
    return known;
  }

  const all = (graph) => graph.outcomes.reduce((sum, { schedules }) => sum + schedules, 0);

  /** What an address says: lost_update_1.ABAB. */
  const write = (name, way) => `${name}.${way.map((worker) => WORKERS[worker]).join("")}`;
  /** @returns {{name, way}}; or null if it is none of these names */
  function read(names, text) {
    const [name, ...way] = text.split(".");
    if (!names.includes(name) || way.length !== 1) return null;
    return { name, way: [...way[0]].map((letter) => WORKERS.indexOf(letter)) };
  }

  if (typeof module !== "undefined") module.exports = { unpack, walk, counts, all, read, write, WORKERS };
  // The words of the page's language come from tools/words when the site is built.
  const WORDS = null;
  if (typeof customElements === "undefined" || !WORDS) return;

  const PARAMETER = "schedule";
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  /** HTML from a template; every value that is put in is escaped. */
  const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  const html = (parts, ...values) =>
    parts.reduce((all, part, i) => all + (values[i - 1]?.raw ?? escape(values[i - 1])) + part);
  const raw = (text) => ({ raw: text });
  let explorers = 0;

  class ScheduleExplorer extends HTMLElement {
    connectedCallback() {
      if (this.panel) return;
      this.programs = new Map([...this.querySelectorAll("[data-schedules]")].map((part) => [
        part.dataset.schedules,
        { source: part.dataset.from, label: part.querySelector("p").textContent.replace(/[:：]\s*$/, "") },
      ]));
      this.n = ++explorers;
      this.panel = document.createElement("div");
      this.panel.className = "explorer";
      this.panel.setAttribute("role", "group");
      this.panel.setAttribute("aria-label", WORDS.explorer);
      this.panel.innerHTML = html`<button type="button" data-do="open">${WORDS.open}</button><output class="explorer-said"></output>`;
      this.prepend(this.panel);
      this.dataset.on = "";
      this.panel.addEventListener("click", (event) => this.clicked(event.target.closest("button")));
      this.panel.addEventListener("keydown", (event) => this.pressed(event));
      const asked = read([...this.programs.keys()], new URL(location.href).searchParams.get(PARAMETER) || "");
      if (asked) this.open(asked.name, asked.way);
    }

    find(selector) {
      return this.panel.querySelector(selector);
    }

    /** Loads a program if it isn't there yet, and goes along a way in it. The first time the explorer unfolds. */
    async open(name, way, said) {
      const program = this.programs.get(name);
      this.asked = name;
      try {
        program.graph ??= unpack(await load(name, program.source));
      } catch {
        return this.say(WORDS.failed);
      }
      // The reader has chosen another one meanwhile.
      if (this.asked !== name) return;
      program.reached ??= new Set();
      if (!this.graph) this.unfold();
      this.name = name;
      this.graph = program.graph;
      this.reached = program.reached;
      this.build();
      this.go(walk(this.graph, way).steps.map((step) => step.worker), said);
    }

    unfold() {
      const id = (name) => `explorer-${this.n}-${name}`;
      const options = [...this.programs].map(([name, { label }]) => html`<option value="${name}">${label}</option>`).join("");
      const button = this.find("button");
      const stood = document.activeElement === button;
      button.remove();
      this.panel.insertAdjacentHTML("afterbegin", html`
        <label class="explorer-bar">${WORDS.program} <select>${raw(options)}</select></label>
        <div class="explorer-see">
          <div class="explorer-code" role="group" aria-label="${WORDS.code}" tabindex="0"></div>
          <div class="explorer-now">
            <div class="explorer-workers"></div>
            <div class="explorer-bar">
              <button type="button" data-do="undo" aria-keyshortcuts="U">${WORDS.undo}</button>
              <button type="button" data-do="again">${WORDS.again}</button>
            </div>
            <p class="explorer-name" id="${id("memory")}">${WORDS.memory}</p>
            <ul class="explorer-memory" aria-labelledby="${id("memory")}"></ul>
            <p class="explorer-end"></p>
          </div>
        </div>
        <table><caption>${WORDS.outcomes}</caption>
          <thead><tr><th scope="col">${WORDS.outcome}</th><th scope="col">${WORDS.schedules}</th><th scope="col">${WORDS.from_here}</th><th scope="col">${WORDS.reached}</th><td></td></tr></thead>
          <tbody></tbody>
        </table>
        <p class="explorer-sum"></p>
        <div class="explorer-bar">
          <button type="button" data-do="worst">${WORDS.worst}</button>
          <label>${WORDS.is_there} <select class="explorer-asked"></select></label>
          <button type="button" data-do="ask">${WORDS.ask}</button>
        </div>
        <p class="explorer-answer"></p>
        <p class="explorer-name" id="${id("steps")}">${WORDS.steps}</p>
        <ol class="explorer-steps" aria-labelledby="${id("steps")}"></ol>
        <p class="explorer-keys"></p>`);
      this.dataset.open = "";
      this.find("select").addEventListener("change", (event) => this.open(event.target.value, [], WORDS.begins));
      if (stood) this.find("select").focus();
    }

    /** What differs between programs and not between their states. The rows and buttons stay while their numbers change, so
     * that whoever stands on one keeps standing there. */
    build() {
      const { graph } = this;
      const id = (i) => `explorer-${this.n}-did-${i}`;
      const workers = graph.states[0].next.map((_, i) => html`<div class="explorer-worker">
        <button type="button" data-worker="${i}" aria-keyshortcuts="${WORKERS[i]}" aria-describedby="${id(i)}"></button>
        <p id="${id(i)}"></p></div>`);
      this.find(".explorer-workers").innerHTML = workers.join("");
      this.find(".explorer-code").innerHTML = graph.code.map(({ first, lines }) => lines.map((text, i) => html`<div data-line="${first + i}"><span aria-hidden="true"></span><i>${first + i}</i><span class="explorer-text">${text}</span></div>`).join("")).join("<hr>");
      const rows = graph.outcomes.map((outcome, i) => html`<tr><th scope="row"><code>${this.outcome(outcome)}</code> ${outcome.right ? WORDS.right : WORDS.wrong}</th><td>${outcome.schedules}</td><td></td><td></td><td><button type="button" data-outcome="${i}" aria-label="${fill(WORDS.show, { outcome: this.outcome(outcome) })}">${WORDS.take}</button></td></tr>`);
      this.find("tbody").innerHTML = rows.join("");
      const wrong = graph.outcomes.reduce((sum, { right, schedules }) => sum + (right ? 0 : schedules), 0);
      this.find(".explorer-sum").textContent = fill(wrong ? WORDS.some_wrong : WORDS.none_wrong, { all: all(graph), n: wrong });
      this.find('[data-do="worst"]').hidden = !wrong;
      // In an order that gives nothing away.
      this.questions = [...graph.outcomes.map(({ left }) => left), ...graph.never].sort((a, b) => (a === null) - (b === null) || (a || []).join().localeCompare((b || []).join(), "en", { numeric: true }));
      this.find(".explorer-asked").innerHTML = this.questions.map((left, i) => html`<option value="${i}">${this.outcome({ left })}</option>`).join("");
      this.find(".explorer-answer").textContent = "";
      const names = WORKERS.slice(0, workers.length);
      this.find(".explorer-keys").textContent = fill(WORDS.keys, { workers: names.join(WORDS.comma) });
    }

    clicked(button) {
      if (!button || button.getAttribute("aria-disabled") === "true") return;
      const { worker, outcome } = button.dataset;
      if (worker !== undefined) return this.step(Number(worker));
      if (outcome !== undefined) return this.go(this.graph.outcomes[outcome].way);
      switch (button.dataset.do) {
        case "open": return this.open(this.programs.keys().next().value, [], WORDS.begins);
        case "undo": return this.undo();
        case "again": return this.go([], WORDS.begins);
        case "worst": return this.go(this.graph.outcomes.at(-1).way);
        case "ask": return this.answer();
      }
    }

    /** Keys are for whoever is inside, and for no others: the book's own arrows would leave the page. */
    pressed(event) {
      if (event.key.startsWith("Arrow")) event.stopPropagation();
      if (!this.graph || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("select")) return;
      const key = event.key.toUpperCase();
      const worker = WORKERS.indexOf(key);
      if (worker >= 0 && worker < this.graph.states[0].next.length) this.step(worker);
      else if (key === "U") this.undo();
      else return;
      event.preventDefault();
      event.stopPropagation();
    }

    step(worker) {
      const { at, steps } = walk(this.graph, [...this.way, worker]);
      if (steps.length === this.way.length) return this.say(this.still(worker, this.graph.states[at].next[worker]));
      this.go([...this.way, worker]);
    }

    undo() {
      if (this.way.length === 0) return this.say(WORDS.begins);
      this.go(this.way.slice(0, -1), WORDS.undone);
    }

    /** Goes along a way from the beginning, and says where that is. */
    go(way, said) {
      this.way = way;
      this.redraw();
      this.toAddress();
      const { at, steps } = walk(this.graph, this.way);
      const did = steps.length ? this.did(steps.at(-1)) : "";
      this.say([said, said ? "" : did, this.ended(at)].filter(Boolean).join(WORDS.joint));
    }

    /** Whether any schedule leaves what the reader asks for. */
    answer() {
      const left = this.questions[this.find(".explorer-asked").value];
      const found = this.graph.outcomes.find((outcome) => String(outcome.left) === String(left));
      const values = { outcome: this.outcome({ left }), n: found?.schedules, all: all(this.graph) };
      const text = fill(found ? WORDS.there_is : WORDS.there_is_none, values);
      this.find(".explorer-answer").textContent = text;
      this.say(text);
    }

    say(text) {
      this.find("output").textContent = text;
    }

    /** What an outcome is called. */
    outcome({ left }) {
      return left === null ? WORDS.deadlock : `${this.graph.leaves} = ${left.join(", ")}`;
    }

    /** What a step did. */
    did(step) {
      const { worker, operation, read, wrote } = step;
      const text = WORDS.did[operation] || (wrote === undefined ? WORDS.did_read : read === undefined ? WORDS.did_write : WORDS.did_both);
      return fill(text, { ...step, worker: WORKERS[worker], place: this.graph.places[step.place] });
    }

    /** What a worker does next. */
    will(step) {
      return fill(WORDS.next, { line: step.line, operation: WORDS.will[step.operation] || step.operation });
    }

    /** Why a worker takes no step. */
    still(worker, next) {
      const values = { worker: WORKERS[worker], place: next && this.graph.places[next.place], line: next?.line };
      return fill(next ? WORDS.still[next.operation] || WORDS.waits : WORDS.done, values);
    }

    /** What is left when the program has come to an end; otherwise nothing. */
    ended(at) {
      const number = this.graph.states[at].outcome;
      if (number === undefined) return "";
      const outcome = this.graph.outcomes[number];
      const values = { outcome: this.outcome(outcome), n: outcome.schedules, all: all(this.graph) };
      return fill(outcome.right ? WORDS.ended_right : WORDS.ended_wrong, values);
    }

    redraw() {
      const { graph, way } = this;
      const { at, steps } = walk(graph, way);
      const state = graph.states[at];
      if (state.outcome !== undefined) this.reached.add(state.outcome);
      this.find("select").value = this.name;
      for (const name of ["undo", "again"]) this.find(`[data-do="${name}"]`).setAttribute("aria-disabled", way.length === 0);

      for (const row of this.panel.querySelectorAll("[data-line]")) {
        const here = state.next.map((next) => next?.line === Number(row.dataset.line) && next);
        row.classList.toggle("explorer-next", here.some(Boolean));
        row.firstElementChild.innerHTML = here.map((next, i) => next ? html`<b class="explorer-at${next.to === undefined ? " explorer-waits" : ""}">${WORKERS[i]}</b>` : "<b></b>").join("");
      }
      state.next.forEach((next, i) => {
        const button = this.find(`[data-worker="${i}"]`);
        const can = next?.to !== undefined;
        button.setAttribute("aria-disabled", !can);
        button.innerHTML = can ? html`<b>${WORKERS[i]}</b> ${this.will(next)}` : html`${this.still(i, next)}`;
        const last = steps.findLast((step) => step.worker === i);
        button.nextElementSibling.textContent = last ? this.did(last) : WORDS.nothing;
      });
      this.find(".explorer-memory").innerHTML = graph.places.map((place, i) => {
        const by = state.held?.[i];
        const held = by === undefined || by === null ? "" : fill(WORDS.held, { worker: WORKERS[by] });
        return html`<li><code>${place}</code> <strong>${state.memory[i]}</strong> ${held}</li>`;
      }).join("");
      this.find(".explorer-end").textContent = this.ended(at);
      this.find(".explorer-steps").innerHTML = steps.map((step) => html`<li>${this.did(step)}</li>`).join("") || html`<li class="explorer-none">${WORDS.begins}</li>`;
      graph.outcomes.forEach((_, i) => {
        const { cells } = this.find("tbody").rows[i];
        cells[2].textContent = graph.counts[at][i];
        cells[3].textContent = this.reached.has(i) ? WORDS.yes : WORDS.no;
      });
    }

    /** The address says where the reader stands, so that it can be reloaded, kept and sent to others. */
    toAddress() {
      const url = new URL(location.href);
      url.searchParams.set(PARAMETER, write(this.name, this.way));
      // A page that is read from a file may not change its address.
      try {
        history.replaceState(history.state, "", url);
      } catch {}
    }
  }

  /** The graph of a program. It is a script, since a page that is read from a file may load nothing else. */
  function load(name, source) {
    const kept = (window.bookSchedules ??= {});
    if (kept[name]) return kept[name];
    return new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = new URL(source, document.baseURI);
      script.onload = () => (kept[name] ? done(kept[name]) : failed());
      script.onerror = () => {
        script.remove();
        failed();
      };
      document.head.append(script);
    });
  }

  customElements.define("schedule-explorer", ScheduleExplorer);
})();
