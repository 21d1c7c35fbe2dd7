// Run it here: on a page that `cargo book` serves, each whole program can be run on the reader's machine: its options,
// its output as it comes, its processes as they live and what is to be done to them. A published book has none of it. The
// model is pure; tests/browser holds the tests of both.
(() => {
  "use strict";

  /** What is known of a run, from the events that the server passes on; tools/here/src/keeper.rs tells them. */
  class Model {
    stage = "asks";
    options = [];
    processes = [];
    why = null;
    at = 0;

    hear(event) {
      const process = this.processes[event.place];
      if (typeof event.at === "number") this.at = Math.max(this.at, event.at);
      switch (event.is) {
        case "builds":
          this.stage = "builds";
          break;
        case "options":
          this.options = event.options;
          this.stage = "ready";
          break;
        case "begins":
          this.stage = "runs";
          break;
        case "starts":
          this.processes[event.place] = {
            place: event.place, pid: event.pid, parent: event.parent, program: event.program, started: event.at,
            ended: null, code: null, signal: null, state: "runs", now: null, threads: 1, cpu: 0, reads: 0, writes: 0,
            stops: [], waited: null, left: null,
          };
          break;
        case "becomes":
          process.program = event.program;
          break;
        case "stops":
          process.stops.push([event.at, null]);
          process.state = "stopped";
          break;
        case "goes on":
          this.#goOn(process, event.at);
          process.state = "runs";
          break;
        case "ends":
          this.#goOn(process, event.at);
          Object.assign(process, { ended: event.at, code: event.code, signal: event.signal, state: "ended" });
          break;
        case "look":
          this.#look(event.all);
          break;
        case "refused":
          this.stage = "refused";
          this.why = event;
          break;
        case "end":
          this.stage = "over";
          this.why = event.why;
          event.processes.forEach((last, place) => {
            const { parent, waited, cpu, left } = last;
            Object.assign(this.processes[place], { parent, waited, cpu, left });
            if (this.processes[place].state === "zombie") this.processes[place].state = "ended";
          });
      }
    }

    #goOn(process, at) {
      const last = process.stops[process.stops.length - 1];
      if (last && last[1] === null) last[1] = at;
    }

    /** An id may be given anew: the last that had it is meant. */
    #look(all) {
      const seen = new Map(all.map((row) => [row[0], row]));
      for (const process of [...this.processes].reverse()) {
        const row = seen.get(process.pid);
        seen.delete(process.pid);
        if (row && process.ended === null && row[2] !== "zombie") {
          const [, now, state, threads, cpu, reads, writes] = row;
          Object.assign(process, { now, state, threads, cpu, reads, writes });
        } else if (process.ended !== null) {
          process.state = row?.[2] === "zombie" ? "zombie" : "ended";
        }
      }
    }

    alive() {
      return this.processes.filter((process) => process.ended === null);
    }

    /** Where a process stands in the tree: under who started it, if that is known. */
    above(process) {
      return process.parent === null ? null : this.processes[process.parent] ?? null;
    }

    /** The processes as the tree has them, from above: parents before their children. */
    order() {
      const list = [];
      const add = (parent) => {
        for (const process of this.processes) {
          if ((this.above(process)?.place ?? null) === parent) {
            list.push(process);
            add(process.place);
          }
        }
      };
      add(null);
      return list;
    }
  }

  /** A timeline's lanes, in the unit of time: when each process lived, was stopped, and had ended and was not waited for. */
  function lanes(model) {
    const end = Math.max(model.at, ...model.processes.map((process) => Math.max(process.ended ?? 0, process.waited ?? 0)), 0.1);
    return {
      end,
      lanes: model.order().map((process) => {
        const ended = process.ended ?? end;
        const waited = process.left === "zombie" ? end : Math.max(process.waited ?? ended, ended);
        return { process, lives: [process.started, ended], stops: process.stops.map(([from, to]) => [from, to ?? ended]), zombie: [ended, waited] };
      }),
    };
  }

  /** The events in text that comes in pieces, a line each. */
  function lines() {
    let rest = "";
    return (piece) => {
      const all = (rest + piece).split("\n");
      rest = all.pop();
      return all.filter(Boolean).map((line) => JSON.parse(line));
    };
  }

  if (typeof document === "undefined") {
    module.exports = { Model, lanes, lines };
    return;
  }
  // The words of the page's language come from tools/words when the site is built.
  const WORDS = null;
  const key = document.querySelector('meta[name="book-run"]');
  if (!WORDS || !key) return;

  const fill = (text, words) => text.replace(/\{(\w+)\}/g, (all, name) => words[name] ?? all);
  const time = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
  const make = (name, className, text) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const put = (element, text) => element.textContent !== text && (element.textContent = text);
  const ask = (address, body, more = {}) =>
    fetch(address, { method: "POST", headers: { "Content-Type": "application/json", "X-Book-Run": key.content }, body: JSON.stringify(body), ...more });

  /** The panel in which something goes on: a page has one run. */
  let busy = null;
  let panels = 0;

  class Panel {
    constructor(path, command, opener) {
      Object.assign(this, { path, command, opener, model: new Model(), rows: [] });
      const id = (this.id = `run-${panels++}`);
      this.root = make("section", "run");
      this.root.id = id;
      this.root.setAttribute("aria-label", WORDS.of + path);
      const head = make("div", "run-head");
      this.status = make("p", "run-status");
      this.status.setAttribute("role", "status");
      const close = this.button(WORDS.close, () => this.close());
      head.append(this.status, close);
      this.form = make("form", "run-form");
      this.form.noValidate = false;
      this.form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.start();
      });
      this.log = make("pre", "run-log");
      this.log.tabIndex = 0;
      this.log.setAttribute("role", "region");
      this.log.setAttribute("aria-label", WORDS.log);
      this.log.hidden = true;
      this.both = make("div", "run-both");
      this.both.hidden = true;
      const part = (title, body) => {
        const part = make("div", "run-part");
        const name = make("p", "run-title", title);
        name.id = `${id}-${this.both.childElementCount}`;
        body.setAttribute("aria-labelledby", name.id);
        part.append(name, body);
        this.both.append(part);
        return body;
      };
      this.out = part(WORDS.output, make("pre", "run-out"));
      this.out.tabIndex = 0;
      this.out.setAttribute("role", "region");
      this.tree = part(WORDS.processes, make("ul", "run-tree"));
      this.line = make("figure", "run-timeline");
      this.line.hidden = true;
      this.root.append(head, this.form, this.log, this.both, this.line);
    }

    button(text, act, label) {
      const button = make("button", "run-button", text);
      button.type = "button";
      if (label) button.setAttribute("aria-label", label);
      button.addEventListener("click", act);
      return button;
    }

    say(text) {
      put(this.status, text);
    }

    open() {
      (this.opener.closest(".twins") ?? this.opener.closest(".program")).after(this.root);
      this.opener.setAttribute("aria-expanded", "true");
      this.ask(null);
    }

    close() {
      this.leave?.abort();
      this.root.remove();
      this.line.remove();
      this.opener.setAttribute("aria-expanded", "false");
      this.opener.focus();
    }

    /** Asks for a run, or without values which options there are, and hears what comes. */
    async ask(values) {
      if (busy) return this.say(WORDS.one_each);
      busy = this;
      this.leave = new AbortController();
      this.model = new Model();
      this.say(WORDS.asks);
      let why = null;
      try {
        const answer = await ask("/.run", { program: this.path, arguments: values }, { signal: this.leave.signal });
        if (answer.ok) {
          const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
          const split = lines();
          for (let piece = await reader.read(); !piece.done; piece = await reader.read()) split(piece.value).forEach((event) => this.hear(event));
        } else {
          why = { 403: WORDS.stale, 404: WORDS.unknown, 409: WORDS.one_each, 429: WORDS.full }[answer.status] ?? (await answer.text());
        }
      } catch {
        why = WORDS.lost;
      }
      busy = null;
      this.form.querySelectorAll(".run-end").forEach((end) => (end.disabled = true));
      this.form.querySelectorAll(".run-start").forEach((start) => (start.disabled = false));
      const { stage } = this.model;
      if (!why && stage !== "ready" && stage !== "over" && stage !== "refused") why = WORDS.lost;
      if (why) {
        this.say(why);
        this.tree.querySelectorAll(".run-signals").forEach((signals) => (signals.hidden = true));
      } else if (stage === "ready" && !this.form.childElementCount) this.fields();
    }

    start() {
      const fields = [...this.form.querySelectorAll("input")];
      const values = Object.fromEntries(fields.map((field) => [field.name, Number(field.value)]));
      if (busy) return this.say(WORDS.one_each);
      this.out.replaceChildren();
      this.tree.replaceChildren();
      this.rows = [];
      this.line.hidden = true;
      this.both.hidden = false;
      this.form.querySelector(".run-start").disabled = true;
      const end = this.form.querySelector(".run-end");
      end.disabled = false;
      end.focus();
      this.ask(values);
    }

    /** Asks for something in the run that goes on. */
    async order(order) {
      try {
        const answer = await ask("/.run/order", order);
        if (!answer.ok) this.say(WORDS.nobody);
      } catch {
        this.say(WORDS.lost);
      }
    }

    hear(event) {
      const { model } = this;
      model.hear(event);
      if (event.is === "builds") {
        this.log.textContent = `$ ${event.command}\n`;
        this.say(WORDS.builds);
      } else if (event.is === "build") {
        this.log.hidden = false;
        this.log.append(event.text);
        this.log.scrollTop = this.log.scrollHeight;
      } else if (event.is === "options") {
        this.log.hidden = true;
      } else if (event.is === "begins") {
        this.say(WORDS.runs);
      } else if (event.is === "out") {
        this.write(event);
      } else if (event.is === "nobody") {
        this.say(WORDS.nobody);
      } else if (event.is === "refused") {
        this.log.hidden = event.what !== "build";
        this.say(fill(WORDS.refused[event.what] ?? "{why}", { why: event.why }));
      } else if (event.is === "stops" || event.is === "goes on") {
        this.say(fill(event.is === "stops" ? WORDS.has_stopped : WORDS.has_gone_on, { pid: model.processes[event.place].pid }));
      } else if (event.is === "ends" && event.signal) {
        this.say(fill(WORDS.has_ended, { pid: model.processes[event.place].pid, signal: event.signal }));
      }
      if (event.is === "end") this.over();
      else if (event.is === "look" || event.place !== undefined) this.draw();
    }

    /** The options, once they are known. */
    fields() {
      const { options } = this.model;
      for (const { name, default: value, least, most } of options) {
        const label = make("label", "run-field");
        const field = make("input");
        Object.assign(field, { type: "number", name, min: least, max: most, step: 1, required: true, value });
        field.inputMode = "numeric";
        const range = make("small", "", fill(WORDS.range, { least, most }));
        label.append(make("code", "", `--${name}`), field, range);
        this.form.append(label);
      }
      if (!options.length) this.form.append(make("p", "", WORDS.none));
      const start = make("button", "run-button run-start", WORDS.start);
      start.type = "submit";
      const end = this.button(WORDS.end, () => this.order("end"));
      end.classList.add("run-end");
      end.disabled = true;
      this.form.append(start, end);
      this.say(WORDS.ready);
      // Who has pressed the button and waited goes on here.
      if (document.activeElement === this.opener) (this.form.querySelector("input") ?? start).focus();
    }

    write({ text, error }) {
      const { out } = this;
      const below = out.scrollHeight - out.scrollTop - out.clientHeight < 24;
      if (error) out.append(make("span", "run-error", text));
      else out.append(text);
      if (below) out.scrollTop = out.scrollHeight;
    }

    /** Draws the tree as it is now; a frame is enough. */
    draw() {
      this.frame ??= requestAnimationFrame(() => {
        this.frame = undefined;
        this.model.processes.forEach((process) => this.show(process));
      });
    }

    show(process) {
      const row = (this.rows[process.place] ??= this.row(process));
      const above = this.model.above(process);
      const list = above ? (this.rows[above.place] ??= this.row(above)).below : this.tree;
      if (row.item.parentElement !== list) list.append(row.item);
      put(row.program, process.program);
      const { pid, state, code, signal } = process;
      const parent = process.now ?? above?.pid;
      const ended = signal ? fill(WORDS.killed, { signal }) : fill(WORDS.code, { code });
      const facts = [
        parent === undefined ? null : fill(WORDS.parent, { parent }),
        process.ended === null ? null : ended,
        state === "ended" ? null : WORDS.states[state],
        process.left ? WORDS.left[process.left] : null,
        process.ended === null ? fill(WORDS.threads, process) : null,
        fill(WORDS.cpu, { time: time(process.cpu) }),
        process.ended === null ? fill(WORDS.pipes, process) : null,
      ];
      put(row.facts, facts.filter(Boolean).join(" · "));
      row.item.dataset.state = state;
      if (process.ended !== null && !row.signals.hidden) {
        // Whoever stands there with the keyboard stays with the process.
        const stood = row.signals.contains(document.activeElement);
        row.signals.hidden = true;
        if (stood) {
          row.item.tabIndex = -1;
          row.item.focus();
        }
      }
    }

    row(process) {
      const item = make("li");
      const own = make("div", "run-process");
      const name = make("span", "run-name");
      const program = make("span");
      name.append(make("code", "", String(process.pid)), " ", program);
      const facts = make("span", "run-facts");
      const signals = make("span", "run-signals");
      for (const act of ["stop", "continue", "terminate", "kill"]) {
        const word = WORDS.acts[act];
        signals.append(this.button(word, () => this.order({ [act]: process.pid }), `${word} ${process.pid}`));
      }
      own.append(name, facts, signals);
      const below = make("ul");
      item.append(own, below);
      return { item, program, facts, signals, below };
    }

    /** The run is over: what became of it, and its timeline. */
    over() {
      const { model } = this;
      model.processes.forEach((process) => this.show(process));
      const left = model.processes.filter((process) => process.left === "zombie" || process.left === "orphan").length;
      const first = model.processes[0];
      const how = !first ? "" : first.signal ? fill(WORDS.killed, first) : fill(WORDS.code, first);
      const words = { how, n: model.processes.length, time: time(model.at) };
      const told = [model.why ? WORDS.limits[model.why] : "", fill(WORDS.over, words), left ? fill(WORDS.behind, { n: left }) : ""];
      this.say(told.filter(Boolean).join(" "));
      // Under the printed one, where the page has one.
      const name = this.path.split("/").pop().split(".")[0];
      const printed = document.getElementById(`fig-${name.replaceAll("_", "-")}`);
      this.line.replaceChildren(timeline(model, fill(WORDS.timeline, { path: this.path }), this.id));
      this.line.hidden = false;
      if (printed) {
        printed.after(this.line);
        const way = make("a", "", WORDS.below);
        this.line.id = `${this.id}-timeline`;
        way.href = `#${this.line.id}`;
        this.status.append(" ", way);
      }
    }
  }

  const SVG = "http://www.w3.org/2000/svg";
  /** More lanes than these tell nothing. */
  const MOST = 40;

  function timeline(model, title, id) {
    const { end, lanes: all } = lanes(model);
    const shown = all.slice(0, MOST);
    const wide = Math.min(document.querySelector("main").clientWidth, 760);
    const [left, high, top] = [Math.min(170, wide * 0.4), 22, 8];
    const x = (at) => left + (at / end) * (wide - left - 12);
    const svg = document.createElementNS(SVG, "svg");
    const add = (name, attributes, text) => {
      const element = document.createElementNS(SVG, name);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      if (text !== undefined) element.textContent = text;
      svg.append(element);
    };
    const bottom = top + shown.length * high;
    svg.setAttribute("viewBox", `0 0 ${wide} ${bottom + 26}`);
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-labelledby", `${id}-line-title ${id}-line-desc`);
    add("title", { id: `${id}-line-title` }, title);
    const told = shown.map(({ process, lives: [from, to] }) =>
      fill(WORDS.lane, { pid: process.pid, program: process.program, from: time(from), to: time(to) }) +
      (process.signal ? `, ${fill(WORDS.killed, process)}` : ""));
    add("desc", { id: `${id}-line-desc` }, told.join(" "));
    shown.forEach(({ process, lives, stops, zombie }, i) => {
      const y = top + i * high;
      const bar = ([from, to], name, thick) =>
        to > from && add("rect", { class: name, x: x(from), y: y + (high - thick) / 2, width: Math.max(x(to) - x(from), 1.5), height: thick });
      add("text", { x: 0, y: y + high / 2 + 4 }, `${process.pid} ${process.program}`.slice(0, Math.floor(left / 7.4)));
      bar(lives, "run-lives", 10);
      stops.forEach((stop) => bar(stop, "run-stop", 10));
      bar(zombie, "run-zombie", 2);
      if (process.signal) add("text", { class: "run-mark", x: Math.min(x(lives[1]) + 2, wide - 12), y: y + high / 2 + 4 }, "✕");
    });
    add("line", { x1: left, x2: wide - 12, y1: bottom + 2, y2: bottom + 2, class: "run-axis" });
    add("text", { x: left, y: bottom + 18 }, "0");
    add("text", { x: wide - 12, y: bottom + 18, "text-anchor": "end" }, time(end));
    const parts = document.createDocumentFragment();
    const caption = make("figcaption", "", title + (all.length > MOST ? ` ${fill(WORDS.more, { n: all.length - MOST })}` : ""));
    parts.append(svg, caption);
    return parts;
  }

  for (const program of document.querySelectorAll(".program")) {
    const path = program.querySelector(".program-file code")?.textContent ?? "";
    const run = program.querySelector(".program-run");
    if (!run || !/^examples\/(python\/)?\w+\.(rs|py)$/.test(path)) continue;
    if (path.endsWith(".py") && !("python" in key.dataset)) continue;
    const button = make("button", "run-button run-open", WORDS.run);
    button.type = "button";
    button.setAttribute("aria-label", WORDS.of + path);
    button.setAttribute("aria-expanded", "false");
    let panel;
    button.addEventListener("click", () => {
      if (panel?.root.isConnected) return panel.close();
      panel = new Panel(path, run.querySelector("code").textContent, button);
      panel.open();
    });
    run.querySelector("code").after(button);
  }
  // A page that is left ends its run, also where the browser keeps the page.
  addEventListener("pagehide", () => busy?.leave.abort());
})();
