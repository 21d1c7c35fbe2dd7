// The timeline lab: <timeline-lab> lets the reader set tasks, cores and costs, and shows at once how
// the time goes in four ways. Its model is a pure function; tests/browser holds the tests of both.
(() => {
  "use strict";

  const WAYS = ["sequential", "oneCore", "threads", "processes"];
  const KINDS = ["work", "main", "start", "switch", "move"];
  /** How many slices are computed one by one; longer runs are drawn in coarser slices. */
  const FINE = 512;

  /**
   * How the time goes. All times are in microseconds.
   *
   * Main starts the workers one after another. A core runs one worker at a time; ready workers take
   * turns in slices, and each turn to another one costs a switch. Main moves the results of
   * processes one after another; those of threads are in place.
   *
   * @param p tasks, task, cores, switch, thread, process, move, lock, slice, perCore
   *   (false: a worker a task; true: a worker a core, which takes task after task), and main:
   *   main's own work, in equal pieces: before each start, after the last, and at the end
   * @param way sequential, oneCore, threads or processes
   * @param fine how many slices are told apart at most
   * @returns {{total, work, main, start, switch, move, cores, workers, segments}}; a segment is
   *   {core, kind, task, from, to}
   */
  function simulate(p, way, fine = FINE) {
    const result = { total: 0, work: 0, main: 0, start: 0, switch: 0, move: 0, cores: 1, workers: 1, segments: [] };
    const lasts = [];
    const add = (core, kind, task, from, to) => {
      result[kind] += to - from;
      result.total = Math.max(result.total, to);
      const last = lasts[core];
      if (to <= from) return;
      if (last && last.kind === kind && last.task === task && last.to === from) last.to = to;
      else result.segments.push((lasts[core] = { core, kind, task, from, to }));
    };
    if (way === "sequential") {
      const own = (p.main || 0) / (p.tasks + 2);
      for (let i = 0; i < p.tasks; i++) {
        const from = i * (own + p.task);
        add(0, "main", -1, from, from + own);
        add(0, "work", i, from + own, from + own + p.task);
      }
      add(0, "main", -1, result.total, result.total + 2 * own);
      return result;
    }
    const processes = way === "processes";
    const single = way === "oneCore" || (way === "threads" && p.lock);
    const cores = (result.cores = single ? 1 : p.cores);
    const workers = (result.workers = p.perCore ? Math.min(p.tasks, p.cores) : p.tasks);
    const start = processes ? p.process : p.thread;
    const move = processes ? p.move : 0;

    // A worker takes turns only where others want its core. A turn is a slice, or the task if that
    // is shorter; a worker that takes many short tasks keeps the core for a slice of them.
    const shared = workers > cores;
    const slices = shared ? Math.max(1, Math.ceil(p.task / p.slice - 1e-9)) : 1;
    const drawn = Math.min(slices, Math.max(1, Math.floor(fine / p.tasks)));
    const piece = p.task / drawn;
    // Several short tasks of a worker fit into its slice: each pays its share of the turn.
    const share = p.perCore ? Math.min(1, p.task / slices / p.slice) : 1;
    const turn = shared ? (p.switch * slices * share) / drawn : 0;

    const free = new Array(cores).fill(0);
    const earliest = () => {
      let best = 0;
      for (let c = 1; c < cores; c++) if (free[c] < free[best]) best = c;
      return best;
    };
    const own = (p.main || 0) / (workers + 2);
    for (let w = 0; w < workers; w++) {
      const from = w * (own + start);
      add(0, "main", -1, from, from + own);
      add(0, "start", w, from + own, from + own + start);
    }
    free[0] = workers * (own + start) + own;
    add(0, "main", -1, free[0] - own, free[0]);

    // Of the workers that are ready the one goes on that has run least, as schedulers do it; of equals the
    // one that has waited longest. A turn more or less by who came a moment sooner would make a dearer start
    // look faster. Main goes first when it has something to move.
    let taken = 0;
    const queue = [];
    for (let w = 0; w < workers; w++) queue.push({ ready: (w + 1) * (own + start), task: taken++, left: drawn, turns: 0 });
    const nextAt = (time) => {
      let best = queue[0];
      for (const worker of queue) {
        const [mine, its] = [worker.ready <= time, best.ready <= time];
        const less = mine && its ? worker.turns - best.turns : 0;
        if (less < 0 || (less === 0 && worker.ready < best.ready)) best = worker;
      }
      return best;
    };
    const results = [];
    let moved = 0;
    let mainFree = free[0];
    let work = p.tasks;
    while (work > 0 || moved < results.length) {
      const core = earliest();
      const next = nextAt(free[core]);
      const at = next ? Math.max(free[core], next.ready) : Infinity;
      const done = results[moved];
      const moveAt = done ? Math.max(free[core], mainFree, done.ready) : Infinity;
      if (moveAt <= at) {
        add(core, "move", done.task, moveAt, moveAt + move);
        free[core] = mainFree = moveAt + move;
        moved++;
        continue;
      }
      queue.splice(queue.indexOf(next), 1);
      const to = at + turn + piece;
      add(core, "switch", -1, at, at + turn);
      add(core, "work", next.task, at + turn, to);
      free[core] = to;
      next.left--;
      next.turns++;
      next.ready = to;
      if (next.left === 0) {
        work--;
        if (move > 0) insert(results, { task: next.task, ready: to }, moved);
        if (taken >= p.tasks) continue;
        next.task = taken++;
        next.left = drawn;
      }
      queue.push(next);
    }
    const end = result.total;
    add(0, "main", -1, end, end + own);
    return result;

    function insert(list, item, from) {
      let i = list.length;
      while (i > from && list[i - 1].ready > item.ready) i--;
      list.splice(i, 0, item);
    }
  }

  /** The length of a task, in µs, from which a way is faster than one after another; or null. */
  function crossover(p, way, low = 0.1, high = 1e8) {
    const gain = (task) => simulate({ ...p, task }, way, 256).total < simulate({ ...p, task }, "sequential").total * (1 - 1e-9);
    if (way === "sequential" || !gain(high)) return null;
    if (gain(low)) return low;
    for (let i = 0; i < 14; i++) {
      const middle = Math.sqrt(low * high);
      if (gain(middle)) high = middle;
      else low = middle;
    }
    return high;
  }

  const model = { simulate, crossover, WAYS };
  if (typeof module !== "undefined") module.exports = model;
  // The words of the page's language come from tools/words when the site is built.
  const WORDS = null;
  if (typeof customElements === "undefined" || !WORDS) return;

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  /** A time in µs, with three digits at most. */
  function time(us) {
    const units = [["ns", 1e-3], ["µs", 1], ["ms", 1e3], ["s", 1e6]];
    const [unit, size] = us === 0 ? units[1] : units.find(([, size]) => us < 999.5 * size) || units[3];
    return `${digits(us / size)} ${unit}`;
  }
  const digits = (value) => Number(value.toPrecision(3));

  /** Ten steps a decade from `low` to `high`. */
  function decades(low, high) {
    const values = [];
    for (let i = Math.round(10 * Math.log10(low)); i <= Math.round(10 * Math.log10(high)); i++) {
      values.push(Number((10 ** (i / 10)).toPrecision(2)));
    }
    return values;
  }
  const upTo = (n) => Array.from({ length: n }, (_, i) => i + 1);
  const SLIDERS = {
    tasks: [...upTo(20), ...upTo(16).map((n) => 20 + 5 * n), ...upTo(10).map((n) => 100 + 10 * n)],
    task: decades(1, 1e7),
    cores: upTo(64),
    switch: [0, ...decades(0.1, 1e3)],
    thread: [0, ...decades(1, 1e4)],
    process: [0, ...decades(10, 1e6)],
    move: [0, ...decades(0.01, 1e5)],
    main: [0, ...decades(1, 1e6)],
  };
  const COSTS = ["switch", "thread", "process", "move", "main"];
  const nearest = (values, value) =>
    values.reduce((best, v, i) => (Math.abs(v - value) < Math.abs(values[best] - value) ? i : best), 0);

  const SAMPLE = {
    id: "rust", name: "Rust", cores: 2, tasks: 3, task_us: 20000, switch_us: 2, thread_us: 35, process_us: 265, move_us: 2, lock: false,
  };
  const MEASURED = { sequential: "sequential", oneCore: "one_core", threads: "threads", processes: "processes" };
  const COLOURS = ["var(--fig-a,#2e7add)", "var(--fig-b,#148b6f)", "var(--fig-c,#ab57c7)"];
  const DASHES = ["2 3", "none", "8 3"];
  const COST = "var(--fig-cost,#ba650f)";
  /** What the time of a picture may take of it at the left, for the names of its lanes. */
  const GUTTER = 62;
  /** More cores than these are not told apart in a picture, and neither are pieces thinner than that, in pixels. */
  const LANES = 16;
  const PIECE = 3;
  let labs = 0;

  /** HTML from a template; every value that is put in is escaped. */
  const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  const html = (parts, ...values) =>
    parts.reduce((all, part, i) => all + (values[i - 1]?.raw ?? escape(values[i - 1])) + part);
  const raw = (text) => ({ raw: text });
  const letter = (task) => (task >= 0 && task < 26 ? String.fromCharCode(65 + task) : String(task + 1));

  /** The settings of a preset. */
  const settingsOf = (preset) => ({
    tasks: preset.tasks, task: preset.task_us, cores: preset.cores, switch: preset.switch_us,
    thread: preset.thread_us, process: preset.process_us, move: preset.move_us, main: preset.main_us || 0,
    lock: preset.lock, slice: preset.slice_us || 5000, perCore: preset.workers === "core",
  });

  class TimelineLab extends HTMLElement {
    connectedCallback() {
      if (this.panel) return;
      this.n = ++labs;
      this.presets = this.read();
      this.first = this.presets.find((p) => p.id === this.getAttribute("preset")) || this.presets[0];
      this.build();
      this.load(this.first);
      this.fromAddress();
      this.dataset.on = "";
      this.redraw();
      // It tells the size once at the start as well, for which all is drawn already.
      new ResizeObserver(() => this.panel.clientWidth !== this.width && this.later()).observe(this.panel);
    }

    /** The presets that stand in the page. */
    read() {
      const data = this.querySelector('script[type="application/json"]');
      try {
        const presets = JSON.parse(data.textContent).presets;
        if (presets.length > 0) return presets;
      } catch {
        // Without data the lab works with a sample.
      }
      return [SAMPLE];
    }

    build() {
      const id = (name) => `lab-${this.n}-${name}`;
      const option = (value, text) => html`<option value="${value}">${text}</option>`;
      const slider = (name) => html`<div class="lab-slider">
        <label for="${id(name)}">${WORDS.sliders[name]}</label><span class="lab-value" aria-hidden="true"></span>
        <input type="range" id="${id(name)}" name="${name}" min="0" max="${SLIDERS[name].length - 1}" step="1">
      </div>`;
      const sliders = (names) => raw(names.map(slider).join(""));
      const presets = this.presets.map((p) => option(p.id, p.name)).join("");
      const own = html`<option value="" disabled hidden>${WORDS.own}</option>`;
      const ways = WAYS.map((way) => html`<section class="lab-way">
        <p class="lab-name"><strong></strong> <span></span></p>
        <svg role="img" aria-labelledby="${id(way)}-alt"><title id="${id(way)}-alt"></title><g></g></svg>
      </section>`).join("");
      const kinds = KINDS.map((kind) => html`<span><i class="lab-${kind}"></i>${WORDS.kinds[kind]}</span>`).join("");
      const mark = (i) => i && html`<svg aria-hidden="true" width="28" height="10"><path class="lab-line" style="stroke:${COLOURS[i - 1]}" stroke-dasharray="${DASHES[i - 1]}" d="M0 5H28"/></svg>`;
      const rows = WAYS.map((_, i) => `<tr><th scope="row">${mark(i) || ""}<span></span></th><td></td><td></td><td></td></tr>`).join("");
      const panel = document.createElement("div");
      panel.className = "lab";
      panel.setAttribute("role", "group");
      panel.setAttribute("aria-label", WORDS.lab);
      panel.innerHTML = html`
        <svg class="lab-defs" aria-hidden="true" width="0" height="0"><defs>
          <pattern id="${id("p-start")}" patternUnits="userSpaceOnUse" width="6" height="6" patternTransform="rotate(45)"><path d="M1.5 0V6" stroke="${COST}" stroke-width="3"/></pattern>
          <pattern id="${id("p-move")}" patternUnits="userSpaceOnUse" width="5" height="5" patternTransform="rotate(45)"><path d="M2.5 0V5M0 2.5H5" stroke="${COST}" stroke-width="1.7"/></pattern>
        </defs></svg>
        <div class="lab-choices">
          <label>${WORDS.preset} <select name="preset">${raw(presets + own)}</select></label>
          <button type="button" name="reset" hidden></button>
        </div>
        <div class="lab-see">
          <p class="lab-key" aria-hidden="true">${raw(kinds)}</p>
          <div class="lab-ways">${raw(ways)}</div>
          <p class="lab-at" aria-hidden="true">${WORDS.hint}</p>
          <p class="lab-thin"></p>
          <div class="lab-choices">
            <label><input type="checkbox" name="stretch"> ${WORDS.stretch}</label>
            <label><input type="checkbox" name="measured"> ${WORDS.measured}</label>
          </div>
        </div>
        <div class="lab-set">
          <div class="lab-choices">
            <label>${WORDS.worker} <select name="perCore">${raw(option("", WORDS.per_task) + option("1", WORDS.per_core))}</select></label>
            <label><input type="checkbox" name="lock"> ${WORDS.lock}</label>
          </div>
          <div class="lab-sliders">${sliders(Object.keys(SLIDERS).filter((name) => !COSTS.includes(name)))}</div>
          <details class="lab-costs"><summary>${WORDS.costs}</summary><div class="lab-sliders">${sliders(COSTS)}</div></details>
        </div>
        <div class="lab-results">
          <div><table><thead><tr><th scope="col">${WORDS.way}</th><th scope="col">${WORDS.total}</th><th scope="col">${WORDS.gain}</th><th scope="col">${WORDS.pays}</th></tr></thead><tbody>${raw(rows)}</tbody></table>
          <p class="lab-counts"></p></div>
          <div><p class="lab-name"><strong>${WORDS.chart}</strong></p><svg class="lab-chart" role="img" aria-label="${WORDS.chart}" height="214"></svg></div>
        </div>
        <output class="lab-said"></output>`;
      this.panel = panel;
      this.field = (name) => panel.querySelector(`[name="${name}"]`);
      this.append(panel);
      // On a phone the pictures come first, and what is seldom changed is folded.
      panel.querySelector(".lab-costs").open = panel.clientWidth >= 600;
      panel.addEventListener("input", (event) => this.changed(event.target));
      this.field("reset").addEventListener("click", () => {
        this.load(this.preset);
        this.toAddress();
        this.later();
        this.field("preset").focus();
      });
      this.keepWhatIsScrolledOver();
      const ways2 = panel.querySelector(".lab-ways");
      for (const name of ["pointermove", "pointerdown"]) ways2.addEventListener(name, (event) => this.tell(event));
      ways2.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.at(""));
    }

    /** A finger that scrolls the page touches a slider on its way, which a browser takes for a new value. */
    keepWhatIsScrolledOver() {
      for (const name in SLIDERS) {
        const input = this.field(name);
        let before = null;
        input.addEventListener("pointerdown", () => (before = { value: input.value, settings: { ...this.settings }, preset: this.field("preset").value }));
        input.addEventListener("pointercancel", () => {
          if (!before) return;
          input.value = before.value;
          this.settings = before.settings;
          this.field("preset").value = before.preset;
          this.toAddress();
          this.later();
        });
      }
    }

    /** Takes settings over, into the controls too. */
    take(settings) {
      this.settings = settings;
      for (const name in SLIDERS) this.field(name).value = nearest(SLIDERS[name], settings[name]);
      this.field("lock").checked = settings.lock;
      this.field("perCore").value = settings.perCore ? "1" : "";
      this.field("preset").value = this.altered() ? "" : this.preset.id;
    }

    /** Takes the settings of a preset. */
    load(preset) {
      this.preset = preset;
      this.take(settingsOf(preset));
    }

    /** Whether the settings are other than those of the preset: then what was measured is of something else. */
    altered() {
      const own = settingsOf(this.preset);
      return Object.keys(own).some((name) => own[name] !== this.settings[name]);
    }

    changed(input) {
      const name = input.name;
      if (name === "preset") {
        const preset = this.presets.find((p) => p.id === input.value);
        if (preset) this.load(preset);
      } else {
        if (name in SLIDERS) this.settings[name] = SLIDERS[name][input.value];
        else if (name === "lock") this.settings.lock = input.checked;
        else if (name === "perCore") this.settings.perCore = input.value === "1";
        this.field("preset").value = this.altered() ? "" : this.preset.id;
      }
      this.toAddress();
      this.later();
    }

    /** The address says what is set, so that it can be reloaded, kept and sent to others: rust_tasks-5_lock-0. */
    toAddress() {
      const own = settingsOf(this.preset);
      const parts = Object.keys(own).filter((name) => own[name] !== this.settings[name]).map((name) => `${name}-${Number(this.settings[name])}`);
      for (const name of ["stretch", "measured"]) if (this.field(name).checked) parts.push(`${name}-1`);
      const url = new URL(location.href);
      if (parts.length || this.preset !== this.first) url.searchParams.set("lab", [this.preset.id, ...parts].join("_"));
      else url.searchParams.delete("lab");
      // A page that is read from a file may not change its address.
      try {
        history.replaceState(history.state, "", url);
      } catch {}
    }

    /** Takes what the address says, as far as it makes sense. */
    fromAddress() {
      const [id, ...parts] = (new URL(location.href).searchParams.get("lab") || "").split("_");
      const preset = this.presets.find((p) => p.id === id);
      if (!preset) return;
      this.load(preset);
      const settings = { ...this.settings };
      for (const part of parts) {
        const [, name, text] = /^(\w+)-([\d.e+]+)$/.exec(part) || [];
        const value = Number(text);
        const allowed = SLIDERS[name];
        if (allowed && value >= allowed[0] && value <= allowed.at(-1) && (Number.isInteger(value) || !["tasks", "cores"].includes(name))) settings[name] = value;
        else if (["lock", "perCore"].includes(name)) settings[name] = value === 1;
        else if (["stretch", "measured"].includes(name)) this.field(name).checked = value === 1;
      }
      this.take(settings);
    }

    /** Draws in the next frame; tells the totals once the reader has stopped. */
    later() {
      this.frame ??= requestAnimationFrame(() => {
        this.frame = undefined;
        this.redraw();
      });
      clearTimeout(this.saying);
      this.saying = setTimeout(() => this.say(), 700);
    }

    parameters() {
      return { ...this.settings };
    }

    name(way) {
      return way === "threads" && this.settings.lock ? WORDS.locked : WORDS.ways[way];
    }

    redraw() {
      const p = this.parameters();
      // Sizes are read before anything is written, so that the page is laid out once.
      const sections = this.panel.querySelectorAll(".lab-way");
      this.width = this.panel.clientWidth;
      const width = Math.max(200, sections[0].clientWidth);
      const chart = Math.max(240, this.panel.querySelector(".lab-chart").parentElement.clientWidth);
      for (const name in SLIDERS) {
        const input = this.field(name);
        const value = name === "tasks" || name === "cores" ? String(p[name]) : time(p[name]);
        input.setAttribute("aria-valuetext", value);
        input.previousElementSibling.textContent = value;
      }
      const altered = this.altered();
      const box = this.field("measured");
      box.disabled = altered;
      box.parentElement.hidden = !this.preset.measured;
      const reset = this.field("reset");
      reset.hidden = !altered;
      reset.textContent = fill(WORDS.reset, { name: this.preset.name });
      const measured = box.checked && !altered ? this.preset.measured : undefined;
      const traces = WAYS.map((way) => measured?.[MEASURED[way]]);
      const ends = traces.map((trace) => trace && Math.max(...trace.map((s) => s.end_us)));
      const results = (this.results = WAYS.map((way) => simulate(p, way)));
      const whole = Math.max(...results.map((r) => r.total), ...ends.map((end) => end || 0)) || 1;
      this.pictures = results.map((result, i) => {
        const way = WAYS[i];
        const times = {};
        for (const part of ["total", ...KINDS]) times[part] = time(result[part]);
        const was = ends[i] ? fill(WORDS.was, { total: time(ends[i]) }) : "";
        const cores = result.cores === 1 ? WORDS.cpu : fill(WORDS.cpus, { n: result.cores });
        const [name, total] = sections[i].querySelector(".lab-name").children;
        const parts = fill(WORDS.parts, { way: this.name(way), cores, ...times });
        const svg = sections[i].querySelector("svg");
        svg.querySelector("title").textContent = was ? fill(WORDS.beside, { parts, was }) : parts;
        const stretched = this.field("stretch").checked;
        const span = stretched ? Math.max(result.total, ends[i] || 0) || 1 : whole;
        const picture = draw(svg, result, { trace: traces[i], width, span, n: this.n, axis: stretched || i === WAYS.length - 1 });
        name.textContent = this.name(way);
        total.textContent = was ? `${times.total} · ${was}` : times.total;
        return picture;
      });
      const thin = KINDS.filter((kind) => this.pictures.some((picture) => picture.thin.includes(kind)));
      this.panel.querySelector(".lab-thin").textContent = thin.length ? fill(WORDS.thin, { kinds: thin.map((kind) => WORDS.kinds[kind]).join(WORDS.list) }) : "";
      this.crossings = WAYS.map((way) => crossover(p, way));
      const rows = this.panel.querySelectorAll("tbody tr");
      results.forEach((result, i) => {
        const pays = this.crossings[i];
        const [name, total, gain, from] = rows[i].cells;
        name.querySelector("span").textContent = this.name(WAYS[i]);
        total.textContent = time(result.total);
        gain.textContent = `${(results[0].total / result.total).toFixed(2)}×`;
        from.textContent = i === 0 ? "–" : pays === null ? WORDS.never : pays <= 0.1 ? WORDS.always : time(pays);
      });
      this.panel.querySelector(".lab-counts").textContent = p.tasks === 1 ? WORDS.count : fill(WORDS.counts, { n: p.tasks });
      if (this.charted) return this.chart(p, chart);
      // While the page comes to life, others have a turn before the chart, which is half of the work.
      this.charted = true;
      setTimeout(() => this.chart(this.parameters(), chart));
    }

    /** How long each way takes against one after another, over the length of a task. */
    chart(p, width) {
      const svg = this.panel.querySelector(".lab-chart");
      const [left, right, top, bottom] = [42, width - 8, 22, 176];
      const most = p.cores > 8 ? 64 : 8;
      const [low, high, least] = [1, 1e7, 1 / most];
      const x = (us) => (left + (Math.log(us / low) / Math.log(high / low)) * (right - left)).toFixed(1);
      const y = (ratio) => (bottom - (Math.log(ratio / least) / Math.log(most / least)) * (bottom - top)).toFixed(1);
      let text = "";
      for (const ratio of [1, most === 64 ? 8 : 2, most].flatMap((n) => [n, 1 / n])) {
        text += `<path class="lab-grid${ratio === 1 ? " lab-one" : ""}" d="M${left} ${y(ratio)}H${right}"/><text x="${left - 6}" y="${y(ratio)}" dy=".35em" text-anchor="end">${ratio < 1 ? `1⁄${digits(1 / ratio)}` : digits(ratio)}</text>`;
      }
      for (const [us, label] of [[1, "1 µs"], [1e3, "1 ms"], [1e6, "1 s"]]) {
        text += `<path class="lab-grid" d="M${x(us)} ${top}V${bottom}"/><text x="${x(us)}" y="${bottom + 15}" text-anchor="${us === 1 ? "start" : "middle"}">${label}</text>`;
      }
      text += html`<text x="${left}" y="12">${WORDS.ratio}</text><text x="${right}" y="${bottom + 31}" text-anchor="end">${WORDS.length}</text>`;
      text += `<path class="lab-now" d="M${x(p.task)} ${top}V${bottom}"/>`;
      const alternative = [WORDS.chart];
      WAYS.forEach((way, i) => {
        if (i === 0 || (way === "oneCore" && p.lock)) return;
        let d = "";
        for (let step = 0; step <= 21; step++) {
          const task = low * (high / low) ** (step / 21);
          const ratio = simulate({ ...p, task }, way, 256).total / simulate({ ...p, task }, "sequential").total;
          d += `${d ? "L" : "M"}${x(task)} ${y(Math.min(most, Math.max(least, ratio)))}`;
        }
        text += `<path class="lab-line" style="stroke:${COLOURS[i - 1]}" stroke-dasharray="${DASHES[i - 1]}" d="${d}"/>`;
        const pays = this.crossings[i];
        if (pays === null) return;
        alternative.push(fill(WORDS.pays_from, { way: this.name(way), length: time(pays) }));
        if (pays >= low && pays <= high) {
          text += `<circle style="color:${COLOURS[i - 1]}" class="lab-cross" r="5" cx="${x(pays)}" cy="${y(1)}"/>`;
        }
      });
      svg.setAttribute("width", width);
      svg.setAttribute("height", bottom + 38);
      svg.setAttribute("aria-label", alternative.join(WORDS.points));
      svg.innerHTML = text;
    }

    at(text) {
      this.panel.querySelector(".lab-at").textContent = text || WORDS.hint;
    }

    /** Tells what the pointer is at. */
    tell(event) {
      const svg = event.target.closest(".lab-way svg");
      const picture = svg && this.pictures?.[[...this.panel.querySelectorAll(".lab-way svg")].indexOf(svg)];
      if (!picture) return this.at("");
      const box = svg.getBoundingClientRect();
      this.at(picture.at(event.clientX - box.left, event.clientY - box.top));
    }

    say() {
      const list = this.results.map((r, i) => `${this.name(WAYS[i])} ${time(r.total)}`).join(WORDS.list);
      const least = Math.min(...this.results.map((r) => r.total));
      const best = this.name(WAYS[this.results.findIndex((r) => r.total <= least * (1 + 1e-9))]);
      this.panel.querySelector("output").textContent = fill(WORDS.said, { list, best });
    }
  }

  /** How a kind of piece looks; those that are too thin for a pattern have its colour, paler. */
  function look(kind, n) {
    if (kind[0] === "w") return `fill:${COLOURS[kind[1]] || "currentColor"};fill-opacity:.5`;
    if (kind === "main") return "fill:currentColor;fill-opacity:.3";
    if (kind === "switch") return `fill:${COST}`;
    if (kind.endsWith("-thin")) return `fill:${COST};fill-opacity:.6`;
    return `fill:url(#lab-${n}-p-${kind});stroke:${COST};stroke-width:.5`;
  }

  /** Where the marks of an axis stand: four or five, at round times. */
  function ticks(span) {
    const step = [1, 2, 5, 10].map((n) => n * 10 ** Math.floor(Math.log10(span / 5))).find((step) => span / step <= 5.5);
    return Array.from({ length: Math.floor(span / step + 1e-9) + 1 }, (_, i) => i * step);
  }

  /**
   * One way as a picture: what is predicted, a lane a core, and below it what was measured, a lane a worker.
   * All widths are true to the scale; where pieces or lanes would be too thin to be told apart, the picture shows
   * how many cores do what instead. Gives what can't be seen in it, and what stands at a place.
   */
  function draw(svg, result, { trace, width, span, n, axis }) {
    const scale = (width - GUTTER) / span;
    const pieces = result.segments.filter((s) => s.kind === "work").length;
    const dense = result.cores > LANES || (result.work * scale) / pieces < PIECE;
    const paths = new Map();
    const put = (kind, d) => paths.set(kind, (paths.get(kind) || "") + d);
    const lanes = [];
    let text = "";
    let labels = "";
    let y = 0;
    const bar = (kind, from, to, top, height, name) => {
      const x = GUTTER + from * scale;
      const wide = (to - from) * scale;
      const thin = wide < PIECE && (kind === "start" || kind === "move") ? "-thin" : "";
      put(kind + thin, `M${x.toFixed(2)} ${top}h${wide.toFixed(2)}v${height}h${(-wide).toFixed(2)}z`);
      if (name && height >= 12 && wide > 9 * name.length + 8) labels += html`<text x="${(x + wide / 2).toFixed(1)}" y="${top + height / 2}" dy=".35em">${name}</text>`;
    };
    const lane = (name, top, height, list) => {
      lanes.push({ name, top, height, list });
      if (height >= 10) labels += html`<text class="lab-lane" x="${GUTTER - 8}" y="${top + height / 2}" dy=".35em">${name}</text>`;
    };
    if (dense) {
      const height = (y = Math.min(112, Math.max(24, result.cores * 12)));
      const counted = crowd(result, width - GUTTER, scale);
      counted.path((kind, d) => put(kind === "work" ? "w0" : kind, d), height);
      lanes.push({ top: 0, height, counted });
      labels += html`<text class="lab-lane" x="${GUTTER - 8}" y="6" dy=".35em">${result.cores === 1 ? WORDS.cpu : fill(WORDS.cpus, { n: result.cores })}</text>`;
      text = `<path class="lab-band" d="M${GUTTER} 0H${width}V${height}H${GUTTER}z"/>`;
    } else {
      const height = Math.max(7, Math.min(20, Math.floor(112 / result.cores)));
      const gap = height > 8 ? 3 : 1;
      y = result.cores * (height + gap) - gap;
      for (let core = 0; core < result.cores; core++) {
        const list = result.segments.filter((s) => s.core === core);
        lane(fill(WORDS.core, { n: core }), core * (height + gap), height, list.map((s) => ({ kind: s.kind, name: s.kind === "work" || s.kind === "move" ? letter(s.task) : "", from: s.from, to: s.to })));
        for (const s of list) bar(s.kind === "work" ? `w${s.task % 3}` : s.kind, s.from, s.to, core * (height + gap), height, s.kind === "work" && letter(s.task));
      }
      text = `<path class="lab-band" d="M${GUTTER} 0H${width}V${y}H${GUTTER}z"/>`;
    }
    if (trace) {
      y += 9;
      text += `<path class="lab-rule" d="M0 ${y - 4.5}H${width}"/>`;
      const workers = [...new Set(trace.map((s) => s.worker))].sort((a, b) => a - b);
      for (const worker of workers) {
        const list = trace.filter((s) => s.worker === worker);
        lane(worker === 0 ? WORDS.of_main : letter(worker - 1), y, 10, list.map((s) => ({ kind: s.kind, name: s.kind === "work" ? s.label : "", from: s.start_us, to: s.end_us })));
        for (const s of list) {
          const task = (s.label || "").charCodeAt(0) - 65;
          bar(s.kind === "work" ? `w${task >= 0 && task < 26 ? task % 3 : 3}` : s.kind, s.start_us, s.end_us, y, 10);
        }
        y += 12;
      }
    }
    for (const [kind, d] of paths) text += `<path style="${look(kind, n)}" d="${d}"/>`;
    for (const at of ticks(span)) {
      const x = (GUTTER + at * scale).toFixed(1);
      text += `<path class="lab-grid" d="M${x} 0V${y}"/>`;
      const end = GUTTER + at * scale > width - 16;
      if (axis) labels += html`<text class="lab-tick" x="${x}" y="${y + 14}"${raw(end ? ' style="text-anchor:end"' : "")}>${at === 0 ? "0" : time(at)}</text>`;
    }
    svg.setAttribute("width", width);
    svg.setAttribute("height", y + (axis ? 20 : 0));
    svg.lastElementChild.innerHTML = text + labels;

    const longest = (kind) => Math.max(0, ...result.segments.filter((s) => s.kind === kind).map((s) => s.to - s.from));
    const seen = (kind) => (dense ? result[kind] * scale > 1 : longest(kind) * scale >= 0.5);
    const thin = KINDS.filter((kind) => result[kind] > 0 && !seen(kind));
    const at = (px, py) => {
      const now = (px - GUTTER) / scale;
      const here = lanes.find(({ top, height }) => py >= top && py < top + height);
      if (!here || now < 0) return "";
      if (here.counted) return now > result.total ? "" : fill(WORDS.all, { from: time(now), list: here.counted.list(now) });
      // The nearest piece within three pixels: thin ones can be met too.
      const off = (s) => Math.max(s.from - now, now - s.to, 0) * scale;
      const found = here.list.filter((s) => off(s) <= 3).sort((a, b) => off(a) - off(b) || a.to - a.from - (b.to - b.from))[0];
      if (!found) return "";
      const what = [WORDS.kinds[found.kind], found.name].filter(Boolean).join(" ");
      return fill(WORDS.at, { lane: here.name, what, length: time(found.to - found.from), from: time(found.from), to: time(found.to) });
    };
    return { thin, at };
  }

  /** How many cores do what, in steps of two pixels. */
  function crowd(result, width, scale) {
    const step = 2;
    const n = Math.max(1, Math.ceil(width / step));
    const shares = Object.fromEntries(KINDS.map((kind) => [kind, new Float64Array(n)]));
    for (const s of result.segments) {
      const [from, to] = [(s.from * scale) / step, (s.to * scale) / step];
      for (let i = Math.floor(from); i < Math.min(n, to); i++) shares[s.kind][i] += Math.min(i + 1, to) - Math.max(i, from);
    }
    return {
      path(put, height) {
        const below = new Float64Array(n);
        for (const kind of KINDS) {
          let d = "";
          for (let i = 0; i < n; i++) {
            const share = (shares[kind][i] / result.cores) * height;
            if (share < 0.02) continue;
            const top = height - below[i] - share;
            d += `M${GUTTER + i * step} ${top.toFixed(2)}h${step}v${share.toFixed(2)}h${-step}z`;
            below[i] += share;
          }
          if (d) put(kind, d);
        }
      },
      list(now) {
        const i = Math.min(n - 1, Math.floor((now * scale) / step));
        const parts = KINDS.filter((kind) => shares[kind][i] >= 0.05).map((kind) => `${WORDS.kinds[kind]} ${digits(shares[kind][i])}`);
        const idle = result.cores - KINDS.reduce((sum, kind) => sum + shares[kind][i], 0);
        if (idle >= 0.05) parts.push(`${WORDS.idle} ${digits(idle)}`);
        return parts.join(WORDS.list);
      },
    };
  }

  customElements.define("timeline-lab", TimelineLab);
})();
