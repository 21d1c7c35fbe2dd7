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

    // The queue of workers that are ready, first come first served. Main goes first when it has
    // something to move.
    let taken = 0;
    const queue = [];
    for (let w = 0; w < workers; w++) {
      queue.push({ worker: w, ready: (w + 1) * (own + start), task: taken++, left: drawn });
    }
    let head = 0;
    const results = [];
    let moved = 0;
    let mainFree = free[0];
    let work = p.tasks;
    while (work > 0 || moved < results.length) {
      const core = earliest();
      const next = queue[head];
      const at = next ? Math.max(free[core], next.ready) : Infinity;
      const done = results[moved];
      const moveAt = done ? Math.max(free[core], mainFree, done.ready) : Infinity;
      if (moveAt <= at) {
        add(core, "move", done.task, moveAt, moveAt + move);
        free[core] = mainFree = moveAt + move;
        moved++;
        continue;
      }
      head++;
      const to = at + turn + piece;
      add(core, "switch", -1, at, at + turn);
      add(core, "work", next.task, at + turn, to);
      free[core] = to;
      next.left--;
      next.ready = to;
      if (next.left === 0) {
        work--;
        if (move > 0) insert(results, { task: next.task, ready: to }, moved);
        if (taken >= p.tasks) continue;
        next.task = taken++;
        next.left = drawn;
      }
      insert(queue, { ...next }, head);
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
  if (typeof customElements === "undefined") return;

  const WORDS = {
    en: {
      lab: "Timeline lab",
      preset: "Start from", own: "your own settings", worker: "A worker for", perTask: "each task", perCore: "each core",
      lock: "interpreter lock", main: "Main's own work", measured: "show the measured timeline", stretch: "stretch each to full width",
      tasks: "Tasks", task: "Length of a task", cores: "Cores", switch: "Switching",
      thread: "Starting a thread", process: "Starting a process", move: "Moving a result",
      ways: { sequential: "One after another", oneCore: "Threads on one core", threads: "Threads over the cores", processes: "Processes over the cores" },
      locked: "Threads that share a lock",
      kinds: { work: "work", main: "main's own work", start: "starting", switch: "switching", move: "moving a result" },
      way: "Way", total: "Time", gain: "Speed-up", pays: "Pays from", never: "never", always: "any length",
      cpus: "{n} cores", cpu: "1 core",
      parts: "{way}: {total} on {cores}. Work {work}, main's own {main}, starting {start}, switching {switch}, moving results {move}.",
      was: "measured {total}", beside: "{parts} ({was})",
      chart: "Time against the length of a task", ratio: "time ÷ time one after another", length: "length of a task",
      paysFrom: "{way}: pays from {length}", points: ". ",
      said: "{list}. Fastest: {best}.", list: ", ",
    },
    zh: {
      lab: "時間軸實驗室",
      preset: "起始設定", own: "自訂", worker: "工作者", perTask: "每個任務一個", perCore: "每個核心一個",
      lock: "直譯器鎖", main: "主程式自己的工作", measured: "顯示實測的時間軸", stretch: "各自放大到全寬",
      tasks: "任務數", task: "任務長度", cores: "核心數", switch: "切換一次",
      thread: "啟動一個執行緒", process: "啟動一個行程", move: "搬移一個結果",
      ways: { sequential: "一個接一個", oneCore: "一個核心上的執行緒", threads: "多個核心上的執行緒", processes: "多個核心上的行程" },
      locked: "共用一把鎖的執行緒",
      kinds: { work: "任務", main: "主程式自己的工作", start: "啟動", switch: "切換", move: "搬移結果" },
      way: "做法", total: "時間", gain: "加速比", pays: "划算起點", never: "不划算", always: "多長都划算",
      cpus: "{n} 個核心", cpu: "1 個核心",
      parts: "{way}：用 {cores}花了 {total}。任務 {work}，主程式自己 {main}，啟動 {start}，切換 {switch}，搬移結果 {move}。",
      was: "實測 {total}", beside: "{parts}（{was}）",
      chart: "時間與任務長度的關係", ratio: "時間 ÷ 一個接一個的時間", length: "任務長度",
      paysFrom: "{way}從 {length} 起划算", points: "；",
      said: "{list}。最快的是{best}。", list: "，",
    },
  };
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  /** A time in µs, with three digits at most. */
  function time(us) {
    const [value, unit] = us < 999.5 ? [us, "µs"] : us < 999500 ? [us / 1e3, "ms"] : [us / 1e6, "s"];
    return `${digits(value)} ${unit}`;
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
    move: [0, ...decades(0.1, 1e5)],
    main: [0, ...decades(1, 1e6)],
  };
  const nearest = (values, value) =>
    values.reduce((best, v, i) => (Math.abs(v - value) < Math.abs(values[best] - value) ? i : best), 0);

  const SAMPLE = {
    id: "rust", name: "Rust", cores: 2, tasks: 3, task_us: 20000, switch_us: 2, thread_us: 35, process_us: 265, move_us: 2, lock: false,
  };
  const MEASURED = { sequential: "sequential", oneCore: "one_core", threads: "threads", processes: "processes" };
  const COLOURS = ["var(--fig-a,#2e7add)", "var(--fig-b,#148b6f)", "var(--fig-c,#ab57c7)"];
  const DASHES = ["2 3", "none", "8 3"];
  const COST = "var(--fig-cost,#ba650f)";
  let labs = 0;

  /** HTML from a template; every value that is put in is escaped. */
  const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  const html = (parts, ...values) =>
    parts.reduce((all, part, i) => all + (values[i - 1]?.raw ?? escape(values[i - 1])) + part);
  const raw = (text) => ({ raw: text });

  class TimelineLab extends HTMLElement {
    connectedCallback() {
      if (this.panel) return;
      const language = this.closest("[lang]")?.lang || "";
      this.words = language.startsWith("zh") ? WORDS.zh : WORDS.en;
      this.n = ++labs;
      this.presets = this.read();
      this.build();
      this.load(this.presets.find((p) => p.id === this.getAttribute("preset")) || this.presets[0]);
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
      const w = this.words;
      const id = (name) => `lab-${this.n}-${name}`;
      const option = (value, text) => html`<option value="${value}">${text}</option>`;
      const slider = (name) => html`<div class="lab-slider">
        <label for="${id(name)}">${w[name]}</label><span class="lab-value" aria-hidden="true"></span>
        <input type="range" id="${id(name)}" name="${name}" min="0" max="${SLIDERS[name].length - 1}" step="1">
      </div>`;
      const sliders = Object.keys(SLIDERS).map(slider).join("");
      const presets = this.presets.map((p) => option(p.id, p.name)).join("");
      const hasTrace = this.presets.some((p) => p.measured);
      const ways = WAYS.map((way) => html`<section class="lab-way">
        <p class="lab-name"><strong></strong> <span></span></p>
        <svg role="img" aria-labelledby="${id(way)}-alt"><title id="${id(way)}-alt"></title><g></g></svg>
      </section>`).join("");
      const kinds = KINDS.map((kind) => html`<span><i class="lab-${kind}"></i>${w.kinds[kind]}</span>`).join("");
      const mark = (i) => i && html`<svg aria-hidden="true" width="28" height="10"><path class="lab-line" style="stroke:${COLOURS[i - 1]}" stroke-dasharray="${DASHES[i - 1]}" d="M0 5H28"/></svg>`;
      const rows = WAYS.map((_, i) => `<tr><th scope="row">${mark(i) || ""}<span></span></th><td></td><td></td><td></td></tr>`).join("");
      const panel = document.createElement("div");
      panel.className = "lab";
      panel.setAttribute("role", "group");
      panel.setAttribute("aria-label", w.lab);
      panel.innerHTML = html`
        <svg class="lab-defs" aria-hidden="true" width="0" height="0"><defs>
          <pattern id="${id("p-start")}" patternUnits="userSpaceOnUse" width="6" height="6" patternTransform="rotate(45)"><path d="M1.5 0V6" stroke="${COST}" stroke-width="3"/></pattern>
          <pattern id="${id("p-move")}" patternUnits="userSpaceOnUse" width="5" height="5" patternTransform="rotate(45)"><path d="M2.5 0V5M0 2.5H5" stroke="${COST}" stroke-width="1.7"/></pattern>
        </defs></svg>
        <div class="lab-choices">
          <label>${w.preset} <select name="preset">${raw(presets + option("", w.own))}</select></label>
          <label>${w.worker} <select name="perCore">${raw(option("", w.perTask) + option("1", w.perCore))}</select></label>
          <label><input type="checkbox" name="lock"> ${w.lock}</label>
          <label><input type="checkbox" name="stretch"> ${w.stretch}</label>
          ${raw(hasTrace ? html`<label><input type="checkbox" name="measured"> ${w.measured}</label>` : "")}
        </div>
        <div class="lab-sliders">${raw(sliders)}</div>
        <p class="lab-key" aria-hidden="true">${raw(kinds)}</p>
        <div class="lab-ways">${raw(ways)}</div>
        <div class="lab-results">
          <table><thead><tr><th scope="col">${w.way}</th><th scope="col">${w.total}</th><th scope="col">${w.gain}</th><th scope="col">${w.pays}</th></tr></thead><tbody>${raw(rows)}</tbody></table>
          <div><p class="lab-name"><strong>${w.chart}</strong></p><svg class="lab-chart" role="img" aria-label="${w.chart}" height="214"></svg></div>
        </div>
        <output class="lab-said"></output>`;
      this.panel = panel;
      this.field = (name) => panel.querySelector(`[name="${name}"]`);
      this.append(panel);
      panel.addEventListener("input", (event) => this.changed(event.target));
    }

    /** Takes the settings of a preset. */
    load(preset) {
      this.preset = preset;
      this.perCore = preset.workers === "core";
      this.settings = {
        tasks: preset.tasks, task: preset.task_us, cores: preset.cores, switch: preset.switch_us,
        thread: preset.thread_us, process: preset.process_us, move: preset.move_us, main: preset.main_us || 0,
        lock: preset.lock, slice: preset.slice_us || 5000,
      };
      for (const name in SLIDERS) this.field(name).value = nearest(SLIDERS[name], this.settings[name]);
      this.field("preset").value = preset.id;
      this.field("lock").checked = preset.lock;
      this.field("perCore").value = this.perCore ? "1" : "";
    }

    changed(input) {
      const name = input.name;
      if (name === "preset") {
        const preset = this.presets.find((p) => p.id === input.value);
        if (preset) this.load(preset);
      } else {
        if (name in SLIDERS) this.settings[name] = SLIDERS[name][input.value];
        else if (name === "lock") this.settings.lock = input.checked;
        else if (name === "perCore") this.perCore = input.value === "1";
        if (name in SLIDERS || name === "lock") this.field("preset").value = "";
      }
      this.later();
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
      return { ...this.settings, perCore: this.perCore };
    }

    name(way) {
      return way === "threads" && this.settings.lock ? this.words.locked : this.words.ways[way];
    }

    redraw() {
      const p = this.parameters();
      const w = this.words;
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
      const measured = this.field("measured")?.checked ? this.preset.measured : undefined;
      const traces = WAYS.map((way) => measured?.[MEASURED[way]]);
      const ends = traces.map((trace) => trace && Math.max(...trace.map((s) => s.end_us)));
      const results = (this.results = WAYS.map((way) => simulate(p, way)));
      const whole = Math.max(...results.map((r) => r.total), ...ends.map((end) => end || 0)) || 1;
      results.forEach((result, i) => {
        const way = WAYS[i];
        const times = {};
        for (const part of ["total", ...KINDS]) times[part] = time(result[part]);
        const was = ends[i] ? fill(w.was, { total: time(ends[i]) }) : "";
        const cores = result.cores === 1 ? w.cpu : fill(w.cpus, { n: result.cores });
        const [name, total] = sections[i].querySelector(".lab-name").children;
        name.textContent = this.name(way);
        total.textContent = was ? `${times.total} · ${was}` : times.total;
        const parts = fill(w.parts, { way: this.name(way), cores, ...times });
        const svg = sections[i].querySelector("svg");
        svg.querySelector("title").textContent = was ? fill(w.beside, { parts, was }) : parts;
        const span = this.field("stretch").checked ? Math.max(result.total, ends[i] || 0) || 1 : whole;
        draw(svg, result, traces[i], width, span, this.n, p.tasks);
      });
      this.crossings = WAYS.map((way) => crossover(p, way));
      const rows = this.panel.querySelectorAll("tbody tr");
      results.forEach((result, i) => {
        const pays = this.crossings[i];
        const [name, total, gain, from] = rows[i].cells;
        name.querySelector("span").textContent = this.name(WAYS[i]);
        total.textContent = time(result.total);
        gain.textContent = `${(results[0].total / result.total).toFixed(2)}×`;
        from.textContent = i === 0 ? "–" : pays === null ? w.never : pays <= 0.1 ? w.always : time(pays);
      });
      if (this.charted) return this.chart(p, chart);
      // While the page comes to life, others have a turn before the chart, which is half of the work.
      this.charted = true;
      setTimeout(() => this.chart(this.parameters(), chart));
    }

    /** How long each way takes against one after another, over the length of a task. */
    chart(p, width) {
      const w = this.words;
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
      text += html`<text x="${left}" y="12">${w.ratio}</text><text x="${right}" y="${bottom + 31}" text-anchor="end">${w.length}</text>`;
      text += `<path class="lab-now" d="M${x(p.task)} ${top}V${bottom}"/>`;
      const alternative = [w.chart];
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
        alternative.push(fill(w.paysFrom, { way: this.name(way), length: time(pays) }));
        if (pays >= low && pays <= high) {
          text += `<circle style="color:${COLOURS[i - 1]}" class="lab-cross" r="5" cx="${x(pays)}" cy="${y(1)}"/>`;
        }
      });
      svg.setAttribute("width", width);
      svg.setAttribute("height", bottom + 38);
      svg.setAttribute("aria-label", alternative.join(w.points));
      svg.innerHTML = text;
    }

    say() {
      const list = this.results.map((r, i) => `${this.name(WAYS[i])} ${time(r.total)}`).join(this.words.list);
      const least = Math.min(...this.results.map((r) => r.total));
      const best = this.name(WAYS[this.results.findIndex((r) => r.total <= least * (1 + 1e-9))]);
      this.panel.querySelector("output").textContent = fill(this.words.said, { list, best });
    }
  }

  /** The lanes of one way: what is predicted, a lane a core, and below it what was measured. */
  function draw(svg, result, trace, width, whole, n, tasks) {
    const scale = width / whole;
    const lane = Math.max(3, Math.min(20, Math.floor(112 / result.cores)));
    const gap = lane > 6 ? 3 : 1;
    let height = result.cores * (lane + gap);
    const paths = new Map();
    let labels = "";
    const letters = tasks <= 26 && lane >= 14;
    const bar = (look, from, to, y, h) => {
      const x = from * scale;
      const w = Math.max(0.3, to * scale - x);
      const d = `M${x.toFixed(1)} ${y}h${w.toFixed(1)}v${h}H${x.toFixed(1)}z`;
      if (w < 3 && (look === "start" || look === "move")) look = "switch"; // too thin for a pattern
      paths.set(look, (paths.get(look) || "") + d);
    };
    const letter = (text, from, to, y, h) => {
      if ((to - from) * scale > 9 * text.length + 8) {
        labels += html`<text x="${(((from + to) / 2) * scale).toFixed(1)}" y="${y + h / 2}" dy=".35em">${text}</text>`;
      }
    };
    for (const s of result.segments) {
      const y = s.core * (lane + gap);
      bar(s.kind === "work" ? `w${s.task % 3}` : s.kind, s.from, s.to, y, lane);
      if (letters && s.kind === "work") letter(String.fromCharCode(65 + s.task), s.from, s.to, y, lane);
    }
    let rule = "";
    if (trace) {
      height += 6;
      rule = `<path class="lab-rule" d="M0 ${height - 4.5}H${width}"/>`;
      const workers = [...new Set(trace.map((s) => s.worker))].sort((a, b) => a - b);
      for (const s of trace) {
        const y = height + workers.indexOf(s.worker) * 12;
        const task = (s.label || "").charCodeAt(0) - 65;
        bar(s.kind === "work" ? `w${task >= 0 && task < 26 ? task % 3 : 3}` : s.kind, s.start_us, s.end_us, y, 9);
      }
      height += workers.length * 12;
    }
    const look = (kind) => {
      if (kind[0] === "w") return `fill:${COLOURS[kind[1]] || "currentColor"};fill-opacity:.5`;
      if (kind === "main") return "fill:currentColor;fill-opacity:.3";
      return kind === "switch" ? `fill:${COST}` : `fill:url(#lab-${n}-p-${kind});stroke:${COST};stroke-width:.5`;
    };
    let text = `<path class="lab-band" d="M0 0H${width}V${result.cores * (lane + gap) - gap}H0z"/>${rule}`;
    for (const [kind, d] of paths) text += `<path style="${look(kind)}" d="${d}"/>`;
    svg.setAttribute("width", width);
    svg.setAttribute("height", height);
    svg.lastElementChild.innerHTML = text + labels;
  }

  customElements.define("timeline-lab", TimelineLab);
})();
