// The replay: <time-replay> shows of a measured run who ran at each moment in each of the four ways, and in which line of the
// program. What ran is benches/replay.json, made from the traces; the model here is pure; tests/browser holds the tests of both.
(() => {
  "use strict";

  /** The programs with each way's spans by worker. */
  function unpack(data) {
    const span = ([worker, kind, name, cpu, from, to, line]) => ({ worker, kind, name, cpu, from, to, line });
    const way = (one) => {
      const spans = one.events.map(span);
      return { ...one, lanes: one.workers.map((_, i) => spans.filter(({ worker }) => worker === i)) };
    };
    return { ...data, programs: data.programs.map((program) => ({ ...program, ways: program.ways.map(way) })) };
  }

  /** Whether it runs on a core meanwhile. */
  const runs = ({ kind }) => ["work", "start", "move"].includes(kind);

  /** What each worker of a way does at a moment: one of its spans, or that it hasn't begun, is between two, or has ended. */
  function moment(way, at) {
    return way.lanes.map((lane) => {
      const own = lane.filter(({ kind }) => kind !== "switch");
      const last = own.findLast(({ from }) => from <= at);
      if (!last) return { kind: "before" };
      if (at < last.to) return last;
      return { kind: last === own.at(-1) ? "after" : "between" };
    });
  }

  /** The moments of a way at which what somebody does becomes something else. */
  const changes = (way) =>
    [...new Set(way.lanes.flat().filter(({ kind }) => kind !== "switch").flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);

  /** The change after a moment, or with -1 the one before; where there is none, the moment itself. */
  function change(way, at, by) {
    const all = changes(way);
    return (by > 0 ? all.find((time) => time > at) : all.findLast((time) => time < at)) ?? at;
  }

  /** What an address says: rust.one_core.32000. */
  const write = ({ program, way, at }) => `${program.id}.${way.id}.${at}`;
  /** @returns {{program, way, at}}; or null if it says something else */
  function read(data, text) {
    const [id, name, time] = text.split(".");
    const program = data.programs.find((one) => one.id === id);
    const way = program?.ways.find((one) => one.id === name);
    return way && /^\d{1,7}$/.test(time) ? { program, way, at: Math.min(Number(time), data.longest) } : null;
  }

  if (typeof module !== "undefined") module.exports = { unpack, moment, changes, change, read, write, runs };
  // The words of the page's language come from tools/words when the site is built.
  const WORDS = null;
  if (typeof customElements === "undefined" || !WORDS) return;

  const PARAMETER = "replay";
  /** A step of the slider, in microseconds, and how many of the run pass in a second of playing. */
  const [STEP, SPEED] = [500, 12000];
  /** Where it begins: every way has workers there that run, and some that wait. */
  const FIRST = 30000;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  /** HTML from a template; every value that is put in is escaped. */
  const html = (parts, ...values) =>
    parts.reduce((all, part, i) => all + (values[i - 1]?.raw ?? escape(values[i - 1])) + part);
  const raw = (list) => ({ raw: list.join("") });
  const ms = (at, digits = at % 100 ? 2 : 1) => fill(WORDS.ms, { n: (at / 1000).toFixed(digits) });
  let replays = 0;

  class TimeReplay extends HTMLElement {
    connectedCallback() {
      if (this.panel) return;
      this.n = ++replays;
      this.panel = document.createElement("div");
      this.panel.className = "replay";
      this.panel.setAttribute("role", "group");
      this.panel.setAttribute("aria-label", WORDS.replay);
      this.prepend(this.panel);
      this.dataset.on = "";
      for (const link of document.querySelectorAll('link[href*="theme/time-replay"]')) link.media = "all";
      // Where a picture gives its place to the replay, a button leads to its way there.
      this.pictures = [...document.querySelectorAll("figure[data-replay]")].map((figure) => {
        const button = document.createElement("button");
        button.className = "replay-see";
        button.textContent = WORDS.see;
        button.onclick = async () => {
          if (await this.load()) this.show(`${figure.dataset.replay}.${this.at}`);
        };
        figure.append(button);
        return button;
      });
      const asked = new URL(location.href).searchParams.get(PARAMETER);
      if (asked) return this.load(asked);
      // Its data is for those who come near.
      const near = new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && (near.disconnect(), this.load()), { rootMargin: "300px" });
      near.observe(this);
    }

    find(selector) {
      return this.panel.querySelector(selector);
    }

    /** Loads the run if it isn't there yet; without it the pictures stay where they are. */
    async load(asked) {
      try {
        this.loading ??= data(this.dataset.from);
        const run = await this.loading;
        if (!this.data) this.build(unpack(run), asked);
        return true;
      } catch {
        delete this.dataset.on;
        this.dataset.off = "";
        this.pictures.forEach((button) => button.remove());
        this.panel.remove();
      }
    }

    build(run, asked) {
      this.data = run;
      Object.assign(this, read(run, asked || "") || { program: run.programs[0], way: run.programs[0].ways[2], at: FIRST });
      const options = run.programs.map(({ id, name }) => html`<option value="${id}">${name}</option>`);
      const id = `replay-${this.n}-time`;
      this.panel.innerHTML = html`
        <div class="replay-bar">
          <label>${WORDS.program} <select>${raw(options)}</select></label>
          <button type="button" data-do="play"></button>
          <button type="button" data-do="back">${WORDS.back}</button>
          <button type="button" data-do="next">${WORDS.next}</button>
        </div>
        <div class="replay-time"><label for="${id}">${WORDS.time}</label> <b aria-hidden="true"></b>
          <input type="range" id="${id}" min="0" max="${Math.ceil(run.longest / STEP) * STEP}" step="${STEP}"></div>
        <div class="replay-all">
          <div class="replay-ways" role="radiogroup" aria-label="${WORDS.ways_of}"></div>
          <div class="replay-program"><p><code></code></p><div class="replay-code" role="group" tabindex="0"></div></div>
        </div>
        <p class="replay-key"><span><i class="replay-of-work"></i>${WORDS.of_work}</span> <span><i class="replay-of-start"></i>${WORDS.of_start}</span> <span><i class="replay-of-move"></i>${WORDS.of_move}</span></p>
        <p class="replay-said" role="status"></p>`;
      this.slider = this.find("[type=range]");
      this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
      this.find("select").addEventListener("change", ({ target }) => this.choose(target.value, this.way.id));
      this.panel.addEventListener("change", ({ target }) => target.type === "radio" && this.choose(this.program.id, target.value));
      this.panel.addEventListener("click", ({ target }) => this.clicked(target.closest("button")?.dataset.do));
      // The book's own arrows would leave the page.
      this.panel.addEventListener("keydown", (event) => event.key.startsWith("Arrow") && event.stopPropagation());
      // Who wants no motion goes from change to change.
      this.find('[data-do="play"]').hidden = matchMedia("(prefers-reduced-motion: reduce)").matches;
      this.drawWays();
      this.drawCode();
      this.redraw();
      this.play(false);
    }

    /** Another way, or the same of another program, at the same moment. */
    choose(program, way) {
      const other = program !== this.program.id;
      this.program = this.data.programs.find(({ id }) => id === program);
      this.way = this.program.ways.find(({ id }) => id === way);
      if (other) this.drawWays();
      this.drawCode();
      this.go(this.at);
    }

    /** What an address or a picture asks for; the slider comes into sight. */
    show(asked) {
      const { program, way, at } = read(this.data, asked);
      this.at = at;
      this.choose(program.id, way.id);
      this.scrollIntoView();
      this.slider.focus({ preventScroll: true });
    }

    clicked(what) {
      if (what === "play") return this.play(!this.playing);
      if (what) this.go(change(this.way, this.at, what === "next" ? 1 : -1));
    }

    /** Lets the time run, or stops it. */
    play(on) {
      const played = this.playing;
      cancelAnimationFrame(played);
      this.playing = 0;
      this.find('[data-do="play"]').textContent = on ? WORDS.stop : WORDS.play;
      if (!on) return played && this.rest();
      let last = performance.now();
      if (this.at >= this.data.longest) this.at = 0;
      const tick = (now) => {
        this.at = Math.min(this.data.longest, this.at + ((now - last) * SPEED) / 1000);
        last = now;
        this.redraw();
        if (this.at >= this.data.longest) return this.play(false);
        this.playing = requestAnimationFrame(tick);
      };
      this.playing = requestAnimationFrame(tick);
    }

    go(at) {
      if (this.playing) this.play(false);
      this.at = at;
      this.redraw();
      this.rest();
    }

    /** When the reader has come to rest the moment is said and stands in the address; on the way there it would be too much. */
    rest() {
      this.at = Math.round(this.at);
      clearTimeout(this.resting);
      this.resting = setTimeout(() => {
        if (this.playing) return;
        this.find(".replay-said").textContent = this.said();
        const url = new URL(location.href);
        url.searchParams.set(PARAMETER, write(this));
        // A page that is read from a file may not change its address.
        try {
          history.replaceState(history.state, "", url);
        } catch {}
      }, 500);
    }

    /** The bars of all ways; they stay while the time runs. */
    drawWays() {
      const { longest } = this.data;
      const at = (time) => `${((100 * time) / longest).toFixed(3)}%`;
      const bar = ({ kind, name, from, to }) => {
        if (kind === "turn" || kind === "wait") return "";
        const of = kind === "work" ? ` replay-${/^[ABC]/.test(name) ? name[0] : "main"}` : "";
        return html`<rect class="replay-${kind}${of}" x="${at(from)}" width="${at(to - from)}" y="1.5" height="12"/>`;
      };
      const lane = (lane, worker) => html`<li><b>${worker}</b><svg aria-hidden="true" width="100%" height="15">${raw(lane.map(bar))}<rect class="replay-now" width="1.5" height="15"/></svg><span></span></li>`;
      this.find(".replay-ways").innerHTML = this.program.ways.map((way) => html`<div class="replay-way">
        <label><input type="radio" name="replay-${this.n}" value="${way.id}"> ${WORDS.ways[way.id]}</label> <span>${ms(way.length, 0)}</span>
        <ul aria-label="${WORDS.ways[way.id]}">${raw(way.lanes.map((spans, i) => lane(spans, way.workers[i])))}</ul></div>`).join("");
      this.find(".replay-program code").textContent = this.program.file;
      this.find("select").value = this.program.id;
    }

    /** The lines of the way that is chosen. */
    drawCode() {
      this.find(`input[value="${this.way.id}"]`).checked = true;
      this.find(".replay-code").innerHTML = this.way.code.map(({ first, lines }) => lines.map((text, i) => html`<div data-line="${first + i}"><span aria-hidden="true"></span><i>${first + i}</i><span class="replay-text">${text}</span></div>`).join("")).join("<hr>");
      this.find(".replay-code").setAttribute("aria-label", fill(WORDS.lines, { way: WORDS.ways[this.way.id] }));
    }

    /** What differs from moment to moment. */
    redraw() {
      const { at, data: { longest } } = this;
      this.slider.value = at;
      this.slider.setAttribute("aria-valuetext", ms(at));
      this.find(".replay-time b").textContent = ms(at);
      const parts = this.panel.querySelectorAll(".replay-way");
      this.program.ways.forEach((way, n) => {
        const now = moment(way, at);
        way.lanes.forEach((spans, i) => {
          const row = parts[n].querySelectorAll("li")[i];
          row.querySelector(".replay-now").setAttribute("x", `${(100 * at) / longest}%`);
          row.classList.toggle("replay-runs", runs(now[i]));
          row.lastElementChild.textContent = this.does(now[i]);
          const bars = row.querySelectorAll("rect");
          const bar = spans.filter(({ kind }) => kind !== "turn" && kind !== "wait").indexOf(now[i]);
          bars.forEach((rect, k) => rect.classList.toggle("replay-on", k === bar && runs(now[i])));
        });
      });
      const now = moment(this.way, at);
      let lit;
      for (const row of this.panel.querySelectorAll("[data-line]")) {
        const here = now.map(({ line }) => line === Number(row.dataset.line));
        row.classList.toggle("replay-lit", now.some((one, i) => here[i] && runs(one)));
        if (here.some(Boolean)) lit ??= row;
        row.firstElementChild.innerHTML = now.map((one, i) => here[i] ? html`<b class="replay-at${raw([runs(one) ? "" : " replay-waits"])}">${this.way.workers[i][0].toUpperCase()}</b>` : "").join("");
      }
      // The line that is lit is seen, without moving the page.
      const code = this.find(".replay-code");
      if (lit && (lit.offsetTop < code.scrollTop || lit.offsetTop + lit.offsetHeight > code.scrollTop + code.clientHeight)) code.scrollTop = lit.offsetTop - code.clientHeight / 3;
    }

    /** What a worker does, in a few words. */
    does({ kind, name, cpu }) {
      const what = fill(WORDS.does[kind], { name: name === "end" ? WORDS.end : name });
      return runs({ kind }) && cpu !== null ? `${what} @${cpu}` : what;
    }

    /** A moment in words. */
    said() {
      const ways = this.program.ways.map((way) => {
        const now = moment(way, this.at);
        const all = now.map((one, i) => [one, way.workers[i]]).filter(([one]) => runs(one));
        const who = all.map(([one, worker]) => fill(WORDS.worker, { worker, does: this.does(one) })).join(WORDS.comma);
        return fill(WORDS.way, { way: WORDS.ways[way.id], who: who || (this.at >= way.length ? WORDS.over : WORDS.nobody) });
      });
      return fill(WORDS.said, { at: ms(this.at), ways: ways.join(WORDS.joint) });
    }
  }

  /** The run. It is a script, since a page that is read from a file may load nothing else. */
  function data(source) {
    const kept = () => window.bookData?.replay;
    if (kept()) return Promise.resolve(kept());
    return new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = new URL(source, document.baseURI);
      script.onload = () => (kept() ? done(kept()) : failed());
      script.onerror = failed;
      document.head.append(script);
    });
  }

  customElements.define("time-replay", TimeReplay);
})();
