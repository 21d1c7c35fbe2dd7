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
const PRESETS = JSON.parse(fs.readFileSync(path.join(ROOT, "benches/lab.json"), "utf8")).presets;

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
async function open(t, { theme = "light", language, page = PAGE, ...options } = {}) {
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
  if (language) {
    await tab.route(`**${page}`, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace('<html lang="en"', `<html lang="${language}"`);
      await route.fulfill({ response, body });
    });
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
  return Number(value) * { µs: 1, ms: 1e3, s: 1e6 }[unit];
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
    const bars = [...svg.querySelectorAll("g path:not(.lab-band)")].map((bar) => bar.getBoundingClientRect().right);
    return (Math.max(...bars) - svg.getBoundingClientRect().left) / svg.getBoundingClientRect().width;
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

test("a phone shows it whole", async (t) => {
  const tab = await open(t, { viewport: { width: 390, height: 800 } });
  const wide = await tab.evaluate(() => {
    const over = [...document.querySelectorAll(".lab *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5);
    return { page: document.documentElement.scrollWidth, over: over.map((e) => e.outerHTML.slice(0, 80)) };
  });
  assert.deepEqual(wide, { page: 390, over: [] });
});

test("without JavaScript and in print the picture stands in its place", async (t) => {
  const plain = await open(t, { javaScriptEnabled: false });
  assert.ok(await plain.locator("timeline-lab > figure svg").isVisible());
  assert.equal(await plain.locator(".lab").count(), 0);
  const tab = await open(t);
  const figure = tab.locator("timeline-lab > figure");
  assert.ok(!(await figure.isVisible()) && (await tab.locator(".lab").isVisible()));
  await tab.emulateMedia({ media: "print" });
  assert.ok((await figure.isVisible()) && !(await tab.locator(".lab").isVisible()));
});

test("it speaks the language of the page", async (t) => {
  const tab = await open(t, { language: "zh-TW" });
  assert.equal(await tab.getByRole("slider", { name: "核心數", exact: true }).count(), 1);
  await tab.getByRole("checkbox", { name: "顯示實測的時間軸" }).check();
  await tab.waitForFunction(() => document.querySelector(".lab-said").textContent);
  const text = await tab.$eval(".lab", (lab) =>
    [lab.innerText, ...[...lab.querySelectorAll("title, output")].map((e) => e.textContent), ...[lab, ...lab.querySelectorAll("[aria-label]")].map((e) => e.ariaLabel)].join("\n"));
  for (const word of ["執行緒", "行程", "任務", "切換", "一個接一個", "實測", "最快的是"]) assert.ok(text.includes(word), word);
  const english = text.match(/\b(cores?|task|thread|process|time|never|work|measured|pays)\b/i);
  assert.equal(english, null);
  // A space between Han and Latin, full-width marks behind Han.
  const crowded = text.match(/.{0,9}(\p{Script=Han}[A-Za-z0-9,.:;(]|[A-Za-z0-9]\p{Script=Han}|[：，。；] ).{0,9}/u);
  assert.equal(crowded?.[0], undefined);
});

// How long a frame takes is the machine's affair: what the lab computes is measured by what the same browser needs
// in turn with it to show the finished pictures.
test("200 tasks on 64 cores are drawn in less than 20 times the time of showing the pictures", async (t) => {
  const tab = await open(t);
  const { drawn, shown, size } = await tab.evaluate(() => {
    const lab = document.querySelector("timeline-lab");
    Object.assign(lab.settings, { tasks: 200, cores: 64, task: 20000, main: 0 });
    const place = document.body.appendChild(document.createElement("div"));
    const fastest = { drawn: Infinity, shown: Infinity };
    const time = (what, draw) => {
      const start = performance.now();
      draw();
      document.body.getBoundingClientRect();
      fastest[what] = Math.min(fastest[what], performance.now() - start);
    };
    lab.redraw();
    const pictures = [...lab.querySelectorAll("svg")].map((svg) => svg.outerHTML).join("");
    for (let i = 0; i < 40; i++) {
      lab.settings.task += i;
      time("drawn", () => lab.redraw());
      time("shown", () => (place.innerHTML = pictures));
    }
    return { ...fastest, size: pictures.length };
  });
  t.diagnostic(`${size} characters of pictures: ${drawn.toFixed(1)} ms, shown in ${shown.toFixed(1)} ms`);
  assert.ok(drawn < 20 * shown, `${drawn} ms, shown in ${shown} ms`);
});

test("script and style are below 15 KB compressed", () => {
  const size = ["timeline-lab.js", "timeline-lab.css"]
    .map((name) => zlib.gzipSync(fs.readFileSync(path.join(ROOT, "theme", name))).length)
    .reduce((a, b) => a + b);
  assert.ok(size < 15_000, `${size} bytes`);
});
