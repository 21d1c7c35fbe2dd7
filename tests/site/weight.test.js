// What a first visit loads, compressed, whether anything holds up the first paint, and whether anything
// moves when the rest comes late.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const path = require("node:path");
const zlib = require("node:zlib");
const { SAMPLE, base, bytes, each, editions, launch, read, sections, serve } = require("./site.js");

const MOST = 110_000;
let server, browser;
before(async () => {
  server = await serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.close();
});

/** The names and compressed sizes of what a page loads in a browser that knows nothing yet. */
async function loads(name) {
  const context = await browser.newContext();
  const tab = await context.newPage();
  const all = [];
  tab.on("response", (response) => all.push([base(new URL(response.url()).pathname) || "index.html", Number(response.headers()["content-length"])]));
  await tab.goto(`${server.origin}/${name}`, { waitUntil: "networkidle" });
  await context.close();
  return all.sort((a, b) => b[1] - a[1]);
}

const sum = (all) => all.reduce((sum, [, size]) => sum + size, 0);
const list = (all) => all.map(([name, size]) => `${name} ${size}`).join(", ");

for (const edition of editions()) {
  test(`${edition}index.html: the first page is light`, async (t) => {
    const all = await loads(`${edition}index.html`);
    t.diagnostic(`${all.length} requests, ${sum(all)} bytes; the largest: ${list(all.slice(0, 4))}`);
    assert.ok(sum(all) < MOST, `${sum(all)} bytes: ${list(all)}`);
    assert.deepEqual(all.filter(([name]) => /\.(woff2?|ttf|otf)$/.test(name)), [], "a font is loaded");
  });
}

test("every page may be the first", (t) => {
  const heavy = [];
  let most = ["", 0];
  for (const name of sections()) {
    const named = [...read(name).matchAll(/<(?:script|link|img)\b[^>]*?\s(?:src|href)="([^"#]+)"/g)].map(([, target]) => target);
    const files = new Set(named.filter((target) => !/^\w+:|\.html$/.test(target)).map((target) => path.posix.join(path.posix.dirname(name), target)));
    const size = [name, ...files].reduce((sum, file) => sum + zlib.gzipSync(bytes(file)).length, 0);
    if (size >= MOST) heavy.push(`${name}: ${size}`);
    if (size > most[1]) most = [name, size];
  }
  t.diagnostic(`the heaviest: ${most.join(" ")}`);
  assert.ok(most[1] > 60_000, "the files of the pages are not found");
  assert.deepEqual(heavy, []);
});

test("no script holds up the first paint", () => {
  for (const name of sections()) {
    const scripts = read(name).match(/<script[^>]*\ssrc=[^>]*>/g);
    assert.ok(scripts.length > 0);
    for (const script of scripts) assert.match(script, /\s(defer|async)\b/, `${name}: ${script}`);
  }
});

test("two style sheets at most hold up the first paint, and nothing is loaded that nobody uses", () => {
  for (const name of sections()) {
    const html = read(name);
    const sheets = html.match(/<link[^>]*rel="stylesheet"[^>]*>/g).filter((link) => !/media="print"/.test(link));
    assert.ok(sheets.length >= 1 && sheets.length <= 2, `${name}: ${sheets.join(" ")}`);
    assert.doesNotMatch(html, /clipboard[\w.-]*\.js/, name);
  }
});

/** In how many pieces a page comes. */
const PIECES = 30;

test("nothing moves when a page comes in pieces and its scripts late", async () => {
  const moved = [];
  // Each page asks for its next piece when it has shown what it has.
  const senders = new Map();
  const slow = await serve({
    send: (response, bytes, request) => {
      const visit = new URL(request.url, "http://localhost").search;
      if (!senders.has(visit)) return response.end(bytes);
      const size = Math.ceil(bytes.length / PIECES);
      let sent = 0;
      const next = () => {
        if (sent < bytes.length) response.write(bytes.subarray(sent, (sent += size)));
        if (sent >= bytes.length) response.end();
      };
      senders.set(visit, next);
      next();
    },
  });
  const visits = editions().flatMap((edition) => SAMPLE.flatMap((page) => [[edition + page, 1280], [edition + page, 390]]));
  await each(visits, () => {}, async ([name, width]) => {
    const context = await browser.newContext({ viewport: { width, height: 800 } });
    const tab = await context.newPage();
    const visit = `?visit=${name}-at-${width}`;
    senders.set(visit, undefined);
    let asked = 0;
    await tab.exposeFunction("next", () => {
      asked += 1;
      senders.get(visit)();
    });
    await tab.addInitScript(() => {
      // Before the first style is there nothing is shown: then time alone asks.
      const shown = () => Promise.race([
        new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 10)))),
        new Promise((done) => setTimeout(done, 500)),
      ]);
      const more = async () => {
        await shown();
        if (document.readyState !== "loading") return;
        await window.next();
        more();
      };
      more();
      window.shifts = [];
      new PerformanceObserver((seen) => {
        for (const { value, sources } of seen.getEntries()) {
          window.shifts.push([value, ...sources.map(({ node }) => `${node?.nodeName}.${node?.className ?? node?.textContent.slice(0, 60)}`)]);
        }
      }).observe({ type: "layout-shift", buffered: true });
    });
    // Scripts come when the page stands there without them.
    const stands = tab.waitForFunction(() => document.querySelector(".nav-wrapper") && document.readyState !== "loading")
      .then(() => new Promise((done) => setTimeout(done, 100)));
    await tab.route("**/*.js", async (route) => {
      await stands;
      await route.continue();
    });
    await tab.goto(`${slow.origin}/${name}${visit}`, { waitUntil: "load" });
    await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100))));
    const { early, shifts, anew } = await tab.evaluate(() => {
      const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
      const script = Math.min(...performance.getEntriesByType("resource").filter((e) => e.name.endsWith(".js")).map((e) => e.responseEnd));
      // Few borders of pieces would show it: lines that are balanced are broken anew at each word that comes.
      const anew = [...document.querySelectorAll("main *")].filter((e) => getComputedStyle(e).textWrapStyle !== "auto");
      return { early: paint < script, shifts: window.shifts, anew: [...new Set(anew.map((e) => e.localName))] };
    });
    if (!early) moved.push(`${name} at ${width}: nothing was painted before the scripts came`);
    if (anew.length > 0) moved.push(`${name} at ${width}: lines of ${anew} are broken anew as they come`);
    if (asked < PIECES - 1) moved.push(`${name} at ${width}: it came in ${asked + 1} pieces`);
    const total = shifts.reduce((sum, [value]) => sum + value, 0);
    if (total > 0.001) moved.push(`${name} at ${width}: ${total.toFixed(3)} ${JSON.stringify(shifts)}`);
    await context.close();
  });
  slow.close();
  assert.deepEqual(moved, []);
});
