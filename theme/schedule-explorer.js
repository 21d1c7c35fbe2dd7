// The schedule explorer: in <schedule-explorer> the reader is the scheduler of a program's workers, step by step. The
// graph of all states comes from tools/schedules; the model here is pure; tests/browser holds the tests of both.
(() => {
  "use strict";

  const WORKERS = ["A", "B"];

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

  /** The name of a graph in an address, and what an address says: add_in_two_steps-1_ABAB. */
  const idOf = (graph) => `${graph.function}-${graph.times}`;
  const write = (graph, way) => `${idOf(graph)}_${way.map((worker) => WORKERS[worker]).join("")}`;
  /** @returns {{graph, way}}, the way as far as it can be gone; or null if it is of none of these graphs */
  function read(graphs, text) {
    const cut = text.lastIndexOf("_");
    const graph = graphs.find((graph) => idOf(graph) === text.slice(0, Math.max(0, cut)));
    if (!graph) return null;
    const way = [...text.slice(cut + 1)].map((name) => WORKERS.indexOf(name));
    return { graph, way: walk(graph, way).steps.map((step) => step.worker) };
  }

  if (typeof module !== "undefined") module.exports = { walk, counts, idOf, read, write, WORKERS };
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
      this.graphs = this.readGraphs();
      if (this.graphs.length === 0) return;
      this.n = ++explorers;
      this.reached = new Map(this.graphs.map((graph) => [graph, new Set()]));
      this.graph = this.graphs[0];
      this.way = [];
      this.build();
      this.fromAddress();
      this.dataset.on = "";
      this.redraw();
    }

    /** The graphs that stand in the page. */
    readGraphs() {
      return [...this.querySelectorAll('script[type="application/json"]')].flatMap((data) => {
        try {
          const graph = JSON.parse(data.textContent);
          return [{ ...graph, counts: counts(graph) }];
        } catch {
          // What stands in the page beside it says the same in a table.
          return [];
        }
      });
    }

    build() {
      const id = (name) => `explorer-${this.n}-${name}`;
      const name = (graph) => fill(graph.times === 1 ? WORDS.once : WORDS.times, { name: graph.function, n: graph.times });
      const options = this.graphs.map((graph, i) => html`<option value="${i}">${name(graph)}</option>`).join("");
      const workers = WORKERS.map((worker, i) => html`<div class="explorer-worker">
        <button type="button" data-worker="${i}" aria-keyshortcuts="${worker}" aria-describedby="${id(`did-${i}`)}"></button>
        <p id="${id(`did-${i}`)}"></p></div>`).join("");
      const panel = document.createElement("div");
      panel.className = "explorer";
      panel.setAttribute("role", "group");
      panel.setAttribute("aria-label", WORDS.explorer);
      panel.innerHTML = html`
        <div class="explorer-bar">
          <label>${WORDS.program} <select>${raw(options)}</select></label>
          <button type="button" data-do="undo" aria-keyshortcuts="U">${WORDS.undo}</button>
          <button type="button" data-do="again">${WORDS.again}</button>
        </div>
        <div class="explorer-see">
          <div class="explorer-code" role="group" aria-label="${WORDS.code}" tabindex="0"></div>
          <div class="explorer-now">
            <div class="explorer-workers">${raw(workers)}</div>
            <p class="explorer-name" id="${id("memory")}">${WORDS.memory}</p>
            <ul class="explorer-memory" aria-labelledby="${id("memory")}"></ul>
            <p class="explorer-end"></p>
          </div>
        </div>
        <p class="explorer-name" id="${id("steps")}">${WORDS.steps}</p>
        <ol class="explorer-steps" aria-labelledby="${id("steps")}"></ol>
        <table><caption>${WORDS.outcomes}</caption>
          <thead><tr><th scope="col">${WORDS.outcome}</th><th scope="col">${WORDS.schedules}</th><th scope="col">${WORDS.from_here}</th><th scope="col">${WORDS.reached}</th><td></td></tr></thead>
          <tbody></tbody>
        </table>
        <p class="explorer-keys">${WORDS.keys}</p>
        <output class="explorer-said"></output>`;
      this.panel = panel;
      this.find = (selector) => panel.querySelector(selector);
      this.append(panel);
      this.find("select").addEventListener("change", (event) => this.choose(this.graphs[event.target.value]));
      panel.addEventListener("click", (event) => this.clicked(event.target.closest("button")));
      panel.addEventListener("keydown", (event) => this.pressed(event));
    }

    choose(graph) {
      this.graph = graph;
      this.go([], WORDS.begins);
    }

    clicked(button) {
      if (!button || button.getAttribute("aria-disabled") === "true") return;
      const { worker, outcome } = button.dataset;
      if (worker !== undefined) this.step(Number(worker));
      else if (outcome !== undefined) this.go(this.graph.outcomes[outcome].way);
      else if (button.dataset.do === "undo") this.undo();
      else this.go([], WORDS.begins);
    }

    /** Keys are for whoever is inside, and for no others: the book's own arrows would leave the page. */
    pressed(event) {
      if (event.key.startsWith("Arrow")) event.stopPropagation();
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("select")) return;
      const key = event.key.toUpperCase();
      const worker = WORKERS.indexOf(key);
      if (worker >= 0) this.step(worker);
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

    say(text) {
      this.find("output").textContent = text;
    }

    place(i) {
      return this.graph.places[i];
    }

    /** What an outcome is called. */
    outcome({ left }) {
      return left === null ? WORDS.deadlock : `${this.graph.leaves} = ${left.join(", ")}`;
    }

    /** What a step did. */
    did({ worker, line, operation, place, read, wrote }) {
      const text = wrote === undefined ? WORDS.did_read : read === undefined ? WORDS.did_write : WORDS.did_both;
      return fill(text, { worker: WORKERS[worker], line, operation, place: this.place(place), read, wrote });
    }

    /** Why a worker takes no step. */
    still(worker, next) {
      const values = { worker: WORKERS[worker], place: next && this.place(next.place), line: next?.line };
      return fill(next ? WORDS.waits : WORDS.done, values);
    }

    /** What is left when the program has come to an end; otherwise nothing. */
    ended(at) {
      const number = this.graph.states[at].outcome;
      if (number === undefined) return "";
      const outcome = this.graph.outcomes[number];
      const all = this.graph.outcomes.reduce((sum, { schedules }) => sum + schedules, 0);
      const values = { outcome: this.outcome(outcome), n: outcome.schedules, all };
      return fill(outcome.right ? WORDS.ended_right : WORDS.ended_wrong, values);
    }

    redraw() {
      const { graph, way } = this;
      const { at, steps } = walk(graph, way);
      const state = graph.states[at];
      if (state.outcome !== undefined) this.reached.get(graph).add(state.outcome);
      this.find("select").value = this.graphs.indexOf(graph);
      this.find('[data-do="undo"]').setAttribute("aria-disabled", way.length === 0);
      this.find('[data-do="again"]').setAttribute("aria-disabled", way.length === 0);

      const marks = (line) => WORKERS.map((name, i) => {
        const next = state.next[i];
        if (next?.line !== line) return raw("<b></b>");
        return raw(html`<b class="explorer-at${next.to === undefined ? " explorer-waits" : ""}">${name}</b>`);
      });
      this.find(".explorer-code").innerHTML = graph.lines.map((text, i) => {
        const line = graph.first + i;
        const [a, b] = marks(line);
        return html`<div${raw(state.next.some((next) => next?.line === line) ? ' class="explorer-next"' : "")}><span aria-hidden="true">${a}${b}</span><i>${line}</i><span class="explorer-text">${text}</span></div>`;
      }).join("");

      WORKERS.forEach((worker, i) => {
        const button = this.find(`[data-worker="${i}"]`);
        const next = state.next[i];
        const can = next?.to !== undefined;
        button.setAttribute("aria-disabled", !can);
        button.innerHTML = can ? html`<b>${worker}</b> ${fill(WORDS.next, next)}` : html`${this.still(i, next)}`;
        const last = steps.findLast((step) => step.worker === i);
        button.nextElementSibling.textContent = last ? this.did(last) : WORDS.nothing;
      });

      this.find(".explorer-memory").innerHTML = graph.places.map((place, i) => {
        const by = state.held?.[i];
        const held = by === undefined || by === null ? "" : fill(WORDS.held, { worker: WORKERS[by] });
        return html`<li><code>${place}</code> <strong>${state.memory[i]}</strong> ${held}</li>`;
      }).join("");
      this.find(".explorer-end").textContent = this.ended(at);
      const told = (step) => html`<li>${this.did(step)}</li>`;
      this.find(".explorer-steps").innerHTML = steps.map(told).join("") || html`<li class="explorer-none">${WORDS.begins}</li>`;

      // The rows stay while their numbers change, so that whoever stands on a button in one keeps standing there.
      const body = this.find("tbody");
      if (this.shown !== graph) {
        this.shown = graph;
        body.innerHTML = graph.outcomes.map((outcome, i) => html`<tr><th scope="row"><code>${this.outcome(outcome)}</code> ${outcome.right ? WORDS.right : WORDS.wrong}</th><td>${outcome.schedules}</td><td></td><td></td><td><button type="button" data-outcome="${i}" aria-label="${fill(WORDS.show, { outcome: this.outcome(outcome) })}">${WORDS.take}</button></td></tr>`).join("");
      }
      graph.outcomes.forEach((_, i) => {
        const { cells } = body.rows[i];
        cells[2].textContent = graph.counts[at][i];
        cells[3].textContent = this.reached.get(graph).has(i) ? WORDS.yes : WORDS.no;
      });
    }

    /** The address says where the reader stands, so that it can be reloaded, kept and sent to others. */
    toAddress() {
      const url = new URL(location.href);
      if (this.way.length || this.graph !== this.graphs[0]) url.searchParams.set(PARAMETER, write(this.graph, this.way));
      else url.searchParams.delete(PARAMETER);
      // A page that is read from a file may not change its address.
      try {
        history.replaceState(history.state, "", url);
      } catch {}
    }

    /** Takes what the address says, as far as it makes sense. */
    fromAddress() {
      const found = read(this.graphs, new URL(location.href).searchParams.get(PARAMETER) || "");
      if (found) Object.assign(this, found);
    }
  }

  customElements.define("schedule-explorer", ScheduleExplorer);
})();
