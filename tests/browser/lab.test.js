// The timeline lab as a reader meets it, in Chromium, on a site that is built already.
// SITE names its folder, CHROMIUM the browser if it is not /usr/bin/chromium.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const zlib = require("node:zlib");
const { chromium } = require("playwright-core");
const { simulate, crossover, WAYS } = require("../../theme/timeline-lab.js");

const ROOT = path.join(__dirname, "../..");
const SITE = process.env.SITE || path.join(ROOT, "book");
const PAGE = "/why/how_time_goes.html";
const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" };
const COSTS = "/programs/what_things_cost.html";
const PRESETS = JSON.parse(fs.readFileSync(path.join(ROOT, "benches/lab.json"), "utf8")).presets;

const [RUST] = PRESETS;
const SETTINGS = {
  tasks: RUST.tasks, task: RUST.task_us, main: RUST.main_us, cores: RUST.cores, switch: RUST.switch_us, thread: RUST.thread_us,
  process: RUST.process_us, move: RUST.move_us, lock: false, slice: 5000, perCore: false,
};
let server, browser, origin;

before(async () => {
  assert.ok(fs.existsSync(path.join(SITE, PAGE)), `no site in ${SITE}: cargo book build`);
  server = http.createServer((request, response) => {
    const name = decodeURI(new URL(request.url, "http://localhost").pathname);
    fs.readFile(path.join(SITE, path.normalize(name)), (error, bytes) => {
      response.writeHead(error ? 404 : 200, { "content-type": TYPES[path.extname(name)] || "application/octet-stream" });
      response.end(error ? "" : bytes);
    });
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  origin = `http://127.0.0.1:${server.address().port}`;
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
  });
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** A page with the lab; whatever goes wrong in it or leaves the site fails the test. */
async function open(t, { theme = "light", page = PAGE, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, reducedMotion: "reduce", ...options });
  t.after(() => context.close());
  const faults = [];
  const tab = await context.newPage();
  tab.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  tab.on("pageerror", (error) => faults.push(error.message));
  tab.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(data|blob):/.test(url)) faults.push(`a request to ${url}`);
  });
  t.after(() => assert.deepEqual(faults, []));
  if (options.javaScriptEnabled !== false) {
    await tab.addInitScript((name) => localStorage.setItem("mdbook-theme", name), theme);
  }
  await tab.goto(origin + page);
  if (options.javaScriptEnabled !== false) await tab.waitForSelector(".lab");
  const ids = await tab.$$eval("[id]", (all) => all.map((e) => e.id));
  assert.deepEqual(ids.filter((id, i) => ids.indexOf(id) !== i), []);
  return tab;
}

const parameters = (tab) => tab.$eval("timeline-lab", (lab) => lab.parameters());
const rows = (tab) => tab.$$eval(".lab tbody tr", (all) => all.map((row) => [...row.cells].map((cell) => cell.textContent.trim())));
const frame = (tab) => tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
/** What the lab shows, in µs. */
function read(text) {
  const [value, unit] = text.split(" ");
  return Number(value) * { ns: 1e-3, µs: 1, ms: 1e3, s: 1e6 }[unit];
}
const close = (shown, right, what) => assert.ok(Math.abs(shown - right) <= 0.006 * right, `${what}: ${shown} is not ${right}`);
async function agrees(tab) {
  const p = await parameters(tab);
  const shown = await rows(tab);
  WAYS.forEach((way, i) => {
    close(read(shown[i][1]), simulate(p, way).total, way);
    const pays = crossover(p, way);
    if (way !== "sequential" && pays > 0.1) close(read(shown[i][3]), pays, `${way} pays`);
    if (way !== "sequential" && pays === null) assert.equal(shown[i][3], "never");
  });
  return p;
}

test("the first preset is shown, and its totals are those of the model", async (t) => {
  const tab = await open(t);
  const p = await agrees(tab);
  assert.equal(p.process, PRESETS[0].process_us);
  assert.equal(p.tasks, PRESETS[0].tasks);
});

test("each slider is moved by the keyboard, and the totals follow", async (t) => {
  const tab = await open(t);
  for (const name of ["tasks", "task", "cores", "switch", "thread", "process", "move", "main"]) {
    const slider = tab.locator(`.lab input[name=${name}]`);
    const before = await parameters(tab);
    await slider.focus();
    await tab.keyboard.press("ArrowRight");
    await tab.keyboard.press("ArrowRight");
    await frame(tab);
    const p = await agrees(tab);
    assert.ok(p[name] > before[name], `${name}: ${before[name]}, then ${p[name]}`);
    const text = await slider.getAttribute("aria-valuetext");
    if (!["tasks", "cores"].includes(name)) close(read(text), p[name], name);
  }
  assert.equal(await tab.inputValue(".lab select[name=preset]"), "");
  // To both ends, where nothing may break.
  for (const key of ["Home", "End"]) {
    for (const slider of await tab.locator(".lab input[type=range]").all()) {
      await slider.focus();
      await tab.keyboard.press(key);
    }
    await frame(tab);
    await agrees(tab);
  }
});

test("lock, workers and presets", async (t) => {
  const tab = await open(t);
  await tab.selectOption(".lab select[name=preset]", "python");
  await frame(tab);
  assert.equal((await agrees(tab)).lock, true);
  let shown = await rows(tab);
  assert.equal(shown[1][1], shown[2][1], "with a lock threads are as slow as on one core");
  await tab.locator(".lab input[name=lock]").focus();
  await tab.keyboard.press("Space");
  await frame(tab);
  assert.equal((await agrees(tab)).lock, false);
  await tab.selectOption(".lab select[name=perCore]", "1");
  await frame(tab);
  assert.equal((await agrees(tab)).perCore, true);
});

test("the longest bar takes the whole width, and each does where it is stretched", async (t) => {
  const tab = await open(t);
  const widths = () => tab.$$eval(".lab-way svg", (all) => all.map((svg) => {
    const bars = [...svg.querySelectorAll("g path[style]")].map((bar) => bar.getBoundingClientRect().right);
    const band = svg.querySelector(".lab-band").getBoundingClientRect();
    return (Math.max(...bars) - band.left) / band.width;
  }));
  const totals = (await rows(tab)).map((row) => read(row[1]));
  (await widths()).forEach((width, i) => assert.ok(Math.abs(width - totals[i] / Math.max(...totals)) < 0.02, `${width}`));
  await tab.locator(".lab input[name=stretch]").check();
  await frame(tab);
  (await widths()).forEach((width) => assert.ok(Math.abs(width - 1) < 0.01, `${width}`));
});

test("every control has a name; the totals are told once the reader stops", async (t) => {
  const tab = await open(t);
  for (const [role, name] of [
    ["slider", "Tasks"], ["slider", "Length of a task"], ["slider", "Cores"], ["slider", "Switching"],
    ["slider", "Starting a thread"], ["slider", "Starting a process"], ["slider", "Moving a result"],
    ["slider", "Main's own work"], ["combobox", "Start from"], ["combobox", "A worker for"], ["checkbox", "interpreter lock"], ["checkbox", "stretch each to full width"],
  ]) {
    assert.equal(await tab.getByRole(role, { name, exact: true }).count(), 1, `${role} ${name}`);
  }
  assert.equal(await tab.locator(".lab output").count(), 1);
  // Before the reader has changed anything there is nothing to be told.
  await tab.waitForTimeout(1000);
  assert.equal(await tab.locator(".lab output").textContent(), "");
  await tab.evaluate(() => {
    const output = document.querySelector(".lab output");
    window.said = [];
    new MutationObserver(() => window.said.push(output.textContent)).observe(output, { childList: true });
  });
  await tab.locator(".lab input[name=task]").focus();
  for (let i = 0; i < 10; i++) await tab.keyboard.press("ArrowRight");
  await tab.waitForFunction(() => window.said.length > 0);
  const said = await tab.evaluate(() => window.said);
  assert.equal(said.length, 1, "ten steps are told once");
  const shown = await rows(tab);
  for (const [name, total] of shown) assert.ok(said[0].includes(`${name} ${total}`), said[0]);
});

test("axe finds nothing to mend in either theme", async (t) => {
  const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  for (const theme of ["light", "navy", "coal", "ayu", "rust"]) {
    const tab = await open(t, { theme });
    await tab.evaluate(axe);
    const found = await tab.evaluate(() => window.axe.run("timeline-lab"));
    assert.deepEqual(found.violations.map((v) => `${theme} ${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`), []);
    assert.ok(found.passes.length > 10);
  }
});

const measuredLanes = (tab) => tab.locator(".lab-way .lab-rule").count();
const set = (tab, name, keys) => tab.locator(`.lab input[name=${name}]`).press(keys);

test("what was measured is shown beside the settings that it was measured with, and beside no others", async (t) => {
  const tab = await open(t);
  const box = tab.locator(".lab input[name=measured]");
  await box.check();
  await frame(tab);
  assert.equal(await measuredLanes(tab), 4);
  for (const change of [
    () => set(tab, "tasks", "ArrowRight"),
    () => tab.selectOption(".lab select[name=perCore]", "1"),
    () => tab.locator(".lab input[name=lock]").check(),
  ]) {
    await change();
    await frame(tab);
    assert.equal(await measuredLanes(tab), 0, "a trace of the preset beside other settings");
    assert.ok(await box.isDisabled());
    assert.equal(await tab.inputValue(".lab select[name=preset]"), "");
    await tab.click(".lab button[name=reset]");
    await frame(tab);
    assert.equal(await measuredLanes(tab), 4);
    assert.equal(await tab.inputValue(".lab select[name=preset]"), PRESETS[0].id);
    assert.ok(await tab.isHidden(".lab button[name=reset]"));
  }
});

test("a preset that nothing was measured with has no box for it", async (t) => {
  const tab = await open(t, { page: COSTS });
  const box = tab.locator(".lab input[name=measured]");
  assert.ok(await box.isHidden());
  await tab.selectOption(".lab select[name=preset]", "rust");
  await frame(tab);
  assert.ok(await box.isVisible());
  await box.check();
  await frame(tab);
  assert.equal(await measuredLanes(tab), 4);
});

test("the reader's own settings are a name for what was set, and can't be chosen", async (t) => {
  const tab = await open(t);
  assert.deepEqual(await tab.$eval(".lab select[name=preset] option[value='']", (own) => [own.disabled, own.hidden]), [true, true]);
});

test("what is set stands in the address: reload and link bring it back, a reset removes it", async (t) => {
  const tab = await open(t);
  assert.ok(!tab.url().includes("lab="));
  await tab.selectOption(".lab select[name=preset]", "python");
  await set(tab, "cores", "End");
  await set(tab, "move", "Home");
  await tab.locator(".lab input[name=lock]").uncheck();
  await tab.selectOption(".lab select[name=perCore]", "1");
  await tab.locator(".lab input[name=stretch]").check();
  const before = await parameters(tab);
  await tab.reload();
  await tab.waitForSelector(".lab");
  assert.deepEqual(await parameters(tab), before);
  assert.ok(await tab.isChecked(".lab input[name=stretch]"));
  assert.equal(await tab.inputValue(".lab select[name=perCore]"), "1");
  await agrees(tab);
  await tab.locator(".lab input[name=stretch]").uncheck();
  await tab.click(".lab button[name=reset]");
  await tab.selectOption(".lab select[name=preset]", "rust");
  assert.ok(!tab.url().includes("lab="), tab.url());
});

test("an address that says what can't be is taken as far as it makes sense", async (t) => {
  const tab = await open(t, { page: `${PAGE}?lab=python_tasks-7_cores-99_task--5_thread-NaN_main-1e9_move-1.5_whale-3_tasks` });
  const p = await agrees(tab);
  const python = PRESETS.find(({ id }) => id === "python");
  assert.deepEqual([p.tasks, p.cores, p.task, p.thread, p.main, p.move], [7, python.cores, python.task_us, python.thread_us, python.main_us, 1.5]);
});

test("bars are as wide as their times, thin ones too, and what can't be seen is named", async (t) => {
  for (const [process, seen] of [[10, false], [100, true], [10_000, true]]) {
    const tab = await open(t, { page: `${PAGE}?lab=rust_main-0_process-${process}` });
    const p = await parameters(tab);
    const { start, whole, band } = await tab.evaluate((at) => {
      const svg = document.querySelectorAll(".lab-way svg")[at];
      const starts = [...svg.querySelectorAll("path[style]")].filter((path) => /p-start|fill-opacity:\s*0?\.6/.test(path.getAttribute("style")));
      const wide = [...starts.map((path) => path.getAttribute("d")).join("").matchAll(/h([\d.]+)v/g)].map(([, wide]) => Number(wide));
      const totals = [...document.querySelectorAll(".lab-way svg")].map((_, i) => document.querySelector("timeline-lab").results[i].total);
      return { start: wide.reduce((a, b) => a + b, 0), whole: Math.max(...totals), band: svg.querySelector(".lab-band").getBBox().width };
    }, 3);
    const right = (simulate(p, "processes").start / whole) * band;
    assert.ok(Math.abs(start - right) <= 0.02 * p.tasks + 0.001 * right, `${start} pixels of starting, ${right} are right`);
    const thin = await tab.textContent(".lab-thin");
    assert.equal(right >= 0.5 * p.tasks, seen, `${right}`);
    // Threads start too, in less time than can be seen here.
    assert.match(thin, /starting/);
  }
  const tab = await open(t);
  await set(tab, "process", "Home");
  await set(tab, "thread", "Home");
  await frame(tab);
  assert.ok(!(await tab.textContent(".lab-thin")).includes("starting"), "what costs nothing is not missed");
  await set(tab, "thread", "ArrowRight");
  await frame(tab);
  assert.match(await tab.textContent(".lab-thin"), /starting/);
});

test("many thin bars are counted: the areas are the times, whichever they are", async (t) => {
  const tab = await open(t, { page: `${PAGE}?lab=rust_tasks-200_cores-64_task-1000_main-0_switch-100_process-1000` });
  const areas = await tab.evaluate(() => [...document.querySelectorAll(".lab-way")].map((way) => {
    const band = way.querySelector(".lab-band").getBBox();
    const sum = [...way.querySelectorAll("path[style]")].map((path) => path.getAttribute("d")).join("");
    return [...sum.matchAll(/h([\d.]+)v([\d.]+)/g)].reduce((sum, [, w, h]) => sum + w * h, 0) / (band.width * band.height);
  }));
  const results = WAYS.map((way) => simulate({ ...SETTINGS, tasks: 200, cores: 64, task: 1000, main: 0, switch: 100, process: 1000 }, way));
  const whole = Math.max(...results.map(({ total }) => total));
  results.forEach((r, i) => {
    const right = (r.work + r.main + r.start + r.switch + r.move) / (whole * r.cores);
    assert.ok(Math.abs(areas[i] - right) < 0.01 + 0.02 * right, `${WAYS[i]}: ${areas[i]} of the picture, ${right} is right`);
  });
});

test("there are an axis and names of lanes, and the pointer is told what it is at", async (t) => {
  const tab = await open(t);
  assert.deepEqual(await tab.locator(".lab-way").last().locator(".lab-lane").allTextContents(), ["core 0", "core 1"]);
  const marks = await tab.locator(".lab-way").last().locator(".lab-tick").allTextContents();
  assert.ok(marks.length >= 3 && marks[0] === "0" && marks.slice(1).every((mark) => / (ns|µs|ms|s)$/.test(mark)), marks.join(", "));
  const at = () => tab.textContent(".lab-at");
  const hint = await at();
  await tab.locator(".lab-ways").scrollIntoViewIfNeeded();
  const band = await tab.locator(".lab-way").first().locator(".lab-band").boundingBox();
  const p = await parameters(tab);
  const { segments, total } = simulate(p, "sequential");
  const whole = Math.max(...WAYS.map((way) => simulate(p, way).total));
  const piece = segments.find(({ kind, task }) => kind === "work" && task === 1);
  await tab.mouse.move(band.x + (band.width * (piece.from + piece.to)) / 2 / whole, band.y + band.height / 2);
  const told = await at();
  assert.ok(total <= whole && told.startsWith("core 0: work B, "), told);
  close(read(told.split(", ")[1]), piece.to - piece.from, told);
  await tab.mouse.move(5, 5);
  assert.equal(await at(), hint);
});

test("a finger that scrolls the page changes no slider; one that goes along it does", async (t) => {
  const tab = await open(t, { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true });
  const slider = tab.locator(".lab input[name=tasks]");
  await slider.scrollIntoViewIfNeeded();
  const before = await parameters(tab);
  const box = await slider.boundingBox();
  const touch = await tab.context().newCDPSession(tab);
  const swipe = async (x, y, dx, dy) => {
    const at = (type, i) => touch.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x: x + (dx * i) / 10, y: y + (dy * i) / 10 }] });
    await at("touchStart", 0);
    for (let i = 1; i <= 10; i++) await at("touchMove", i);
    await at("touchEnd");
    await frame(tab);
  };
  const top = await tab.evaluate(() => scrollY);
  await swipe(box.x + box.width * 0.8, box.y + box.height / 2, 0, -200);
  await tab.waitForFunction((top) => scrollY !== top, top);
  assert.deepEqual(await parameters(tab), before);
  assert.equal(await tab.inputValue(".lab select[name=preset]"), PRESETS[0].id);
  await slider.scrollIntoViewIfNeeded();
  const again = await slider.boundingBox();
  await swipe(again.x + again.width * 0.3, again.y + again.height / 2, again.width * 0.4, 0);
  assert.ok((await parameters(tab)).tasks > before.tasks);
});

test("no time has a unit that is too large for it", async (t) => {
  const tab = await open(t, { page: COSTS });
  const value = await tab.getAttribute(".lab input[name=move]", "aria-valuetext");
  assert.match(value, /^\d+(\.\d+)? ns$/);
  assert.equal(await tab.$eval(".lab th:nth-child(3)", (th) => th.getClientRects().length && th.firstChild.textContent.length > 0 && (() => {
    const range = document.createRange();
    range.selectNodeContents(th);
    return range.getClientRects().length;
  })()), 1, "a head is torn");
});

test("what the table calls paying says for how many tasks, and that starts count", async (t) => {
  const tab = await open(t, { page: COSTS });
  assert.match(await tab.textContent(".lab-counts"), /\b100 of them\b.*start/);
  await set(tab, "tasks", "Home");
  await frame(tab);
  assert.match(await tab.textContent(".lab-counts"), /\bone of them\b.*start/);
});

test("in forced colours the key keeps its colours", async (t) => {
  const tab = await open(t, { forcedColors: "active" });
  const kept = await tab.$$eval(".lab-key i", (all) => all.map((i) => {
    const { backgroundImage, backgroundColor, forcedColorAdjust } = getComputedStyle(i);
    return forcedColorAdjust === "none" && (backgroundImage !== "none" || backgroundColor !== "rgba(0, 0, 0, 0)");
  }));
  assert.deepEqual(kept, [true, true, true, true, true]);
});

test("a phone shows it whole, the pictures before what is set, and no taller than needed", async (t) => {
  const tab = await open(t, { viewport: { width: 390, height: 800 } });
  const order = await tab.evaluate(() => [".lab-ways", ".lab-sliders", ".lab-results"].map((part) => document.querySelector(part).getBoundingClientRect().top));
  assert.deepEqual(order, [...order].sort((a, b) => a - b));
  assert.ok((await tab.locator(".lab").boundingBox()).height < 1400);
  const wide = await tab.evaluate(() => {
    const over = [...document.querySelectorAll(".lab *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5);
    return { page: document.documentElement.scrollWidth, over: over.map((e) => e.outerHTML.slice(0, 80)) };
  });
  assert.deepEqual(wide, { page: 390, over: [] });
});

test("without JavaScript and in print the picture stands in its place", async (t) => {
  const plain = await open(t, { javaScriptEnabled: false });
  assert.ok(await plain.locator("timeline-lab > figure > svg").isVisible());
  assert.equal(await plain.locator(".lab").count(), 0);
  const tab = await open(t);
  const figure = tab.locator("timeline-lab > figure");
  assert.ok(!(await figure.isVisible()) && (await tab.locator(".lab").isVisible()));
  await tab.emulateMedia({ media: "print" });
  assert.ok((await figure.isVisible()) && !(await tab.locator(".lab").isVisible()));
});

test("it speaks the language of the page", async (t) => {
  const tab = await open(t, { page: `/zh-TW${PAGE}` });
  assert.equal(await tab.getByRole("slider", { name: "核心數", exact: true }).count(), 1);
  await tab.getByRole("checkbox", { name: "顯示實測的時間軸" }).check();
  await tab.waitForFunction(() => document.querySelector(".lab-said").textContent);
  const text = await tab.$eval(".lab", (lab) =>
    [lab.innerText, ...[...lab.querySelectorAll("title, output")].map((e) => e.textContent), ...[lab, ...lab.querySelectorAll("[aria-label]")].map((e) => e.ariaLabel)].join("\n"));
  for (const word of ["執行緒", "行程", "任務", "切換", "依序執行", "實測", "最快的是"]) assert.ok(text.includes(word), word);
  const english = text.match(/\b(cores?|task|thread|process|time|never|work|measured|pays)\b/i);
  assert.equal(english, null);
  // A space between Han and Latin, full-width marks behind Han.
  const crowded = text.match(/.{0,9}(\p{Script=Han}[A-Za-z0-9,.:;(]|[A-Za-z0-9]\p{Script=Han}|[：，。；] ).{0,9}/u);
  assert.equal(crowded?.[0], undefined);
});

// How long a frame takes is the machine's affair: what the lab computes is measured by what the same browser needs
// in turn with it to show the finished pictures.
// The totals alone are a sixth of what is computed for the pictures and the chart. They are computed in the same page by
// turns: whatever else the machine does and however
// heavy the page is, both are disturbed alike.
test("200 tasks on 64 cores are drawn in less than 12 times the time of computing their totals", async (t) => {
  const tab = await open(t);
  const script = fs.readFileSync(path.join(__dirname, "../../theme/timeline-lab.js"), "utf8");
  await tab.evaluate(`{ const module = { exports: {} }; ${script}; window.model = module.exports; }`);
  const { drawn, computed } = await tab.evaluate(() => {
    const lab = document.querySelector("timeline-lab");
    const { simulate, crossover, WAYS } = window.model;
    Object.assign(lab.settings, { tasks: 200, cores: 64, task: 20000, main: 0 });
    const fastest = { drawn: Infinity, computed: Infinity };
    const time = (what, run) => {
      const start = performance.now();
      run();
      fastest[what] = Math.min(fastest[what], performance.now() - start);
    };
    lab.redraw();
    for (let i = 0; i < 40; i++) {
      lab.settings.task += i;
      time("drawn", () => {
        lab.redraw();
        document.body.getBoundingClientRect();
      });
      time("computed", () => WAYS.forEach((way) => [simulate(lab.settings, way), crossover(lab.settings, way)]));
    }
    return fastest;
  });
  t.diagnostic(`${drawn.toFixed(1)} ms, computed in ${computed.toFixed(1)} ms`);
  assert.ok(drawn < 12 * computed, `${drawn} ms, computed in ${computed} ms`);
});

test("script and style are below 15 KB compressed", () => {
  const size = ["timeline-lab.js", "timeline-lab.css"]
    .map((name) => zlib.gzipSync(fs.readFileSync(path.join(ROOT, "theme", name))).length)
    .reduce((a, b) => a + b);
  assert.ok(size < 15_000, `${size} bytes`);
});
