// Lighthouse on representative pages of each edition, with its settings for a phone on a slow line.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { spawn } = require("node:child_process");
const { CHROMIUM, FLAGS, SAMPLE, SITE, URL: ADDRESS, editions, serve } = require("./site.js");

const LEAST = { performance: 95, accessibility: 100, "best-practices": 100, seo: 100 };
const port = 9000 + (process.pid % 1000);

let server, chrome, profile, lighthouse;

before(async () => {
  // Pages name their own address, which Lighthouse follows.
  server = await serve({ port: Number(new URL(ADDRESS).port) });
  profile = fs.mkdtempSync(path.join(os.tmpdir(), "lighthouse-"));
  chrome = spawn(CHROMIUM, ["--headless", ...FLAGS, `--remote-debugging-port=${port}`, `--user-data-dir=${profile}`, "about:blank"], { stdio: "ignore" });
  for (let i = 0; ; i++) {
    if (await fetch(`http://127.0.0.1:${port}/json/version`).then(() => true, () => false)) break;
    assert.ok(i < 100, "the browser does not answer");
    await new Promise((done) => setTimeout(done, 200));
  }
  // `import` doesn't look into NODE_PATH, `require` does.
  lighthouse = (await import(require.resolve("lighthouse"))).default;
});

after(async () => {
  server?.close();
  if (chrome) {
    const ended = new Promise((done) => chrome.once("exit", done));
    chrome.kill();
    await ended;
  }
  if (profile) fs.rmSync(profile, { recursive: true, force: true, maxRetries: 20 });
});

/**
 * Lighthouse makes this machine four times slower to have a phone. One that other work keeps busy is slower already, and how
 * fast it is, Lighthouse measures before each page. Below an index of 1,000 it warns that four times is too much:
 * https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md. Then the next page is slowed down less, in proportion.
 */
const DESKTOP = 1000, QUARTER = 4;
let slowdown = QUARTER;

/** What Lighthouse has found out about a page. */
async function look(name, only) {
  const { lhr } = await lighthouse(`${server.origin}/${name}`, { port, logLevel: "silent", throttling: { cpuSlowdownMultiplier: slowdown }, ...only });
  assert.equal(lhr.runtimeError, undefined, lhr.runtimeError?.message);
  assert.equal(lhr.configSettings.throttling.cpuSlowdownMultiplier, slowdown);
  const { benchmarkIndex } = lhr.environment;
  if (benchmarkIndex < DESKTOP) console.log(`  a machine of ${Math.round(benchmarkIndex)}, and ${slowdown.toFixed(1)} times slower`);
  slowdown = QUARTER * Math.min(1, benchmarkIndex / DESKTOP);
  return lhr;
}

/** How often a page is looked at until it is good enough. On a busy machine the browser's own time counts for the page's. */
const TRIES = 8;

/** The scores of a page, and what costs points. */
async function audit(name) {
  const lhr = await look(name, { onlyCategories: Object.keys(LEAST) });
  const scores = Object.fromEntries(Object.entries(lhr.categories).map(([id, category]) => [id, Math.round(category.score * 100)]));
  const lost = Object.values(lhr.categories).flatMap((category) => category.auditRefs)
    .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1)
    .map(({ id }) => {
      const { title, displayValue = "", details } = lhr.audits[id];
      const items = (details?.items || []).slice(0, 5).map((item) => item.node?.snippet || item.value || item.url || "").join("\n    ");
      return `  ${title} ${displayValue}\n    ${items}`;
    });
  return { scores, lost };
}

const enough = (scores) => Object.entries(LEAST).every(([id, least]) => scores[id] >= least);

/** How long the main thread may be held in all while a page comes, on a phone as Lighthouse has it, in ms. */
const HELD = 200; // what Lighthouse calls good
const HEAVY = ["why/how_time_goes.html", "appendix/python_to_rust.html"];

for (const page of HEAVY) {
  test(`${page} holds the main thread for ${HELD} ms at most`, async () => {
    let held = Infinity;
    for (let i = 0; i < TRIES && held > HELD; i++) {
      const lhr = await look(page, { onlyAudits: ["total-blocking-time"] });
      held = Math.min(held, lhr.audits["total-blocking-time"].numericValue);
    }
    console.log(`${page}: the main thread is held for ${Math.round(held)} ms`);
    assert.ok(held <= HELD, `${held} ms`);
  });
}

for (const edition of editions()) {
  for (const page of SAMPLE) {
    test(`${edition}${page}`, async () => {
      assert.ok(fs.existsSync(path.join(SITE, edition, page)), "the page is gone: name another one");
      let { scores, lost } = await audit(edition + page);
      for (let i = 1; i < TRIES && !enough(scores); i++) {
        const again = await audit(edition + page);
        if (again.scores.performance >= scores.performance) ({ scores, lost } = again);
      }
      console.log(`${edition}${page}: ${Object.values(scores).join(" ")}`);
      assert.ok(enough(scores), `${JSON.stringify(scores)}\n${lost.join("\n")}`);
    });
  }
}
