// The search as a reader meets it, in Chromium, on a site that is built already, served from a subfolder.
// SITE names its folder, CHROMIUM the browser if it is not /usr/bin/chromium.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const zlib = require("node:zlib");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");
const axe = require.resolve("axe-core");

const ROOT = path.join(__dirname, "../..");
const SITE = process.env.SITE || path.join(ROOT, "book");
const QUERIES = JSON.parse(fs.readFileSync(path.join(ROOT, "tests/search/queries.json"), "utf8"));
/** Of 120 queries 116 must have their section among the first three; none may have a page first that is about something else. */
const SHARE = 116 / 120;
/** What the first search may load for each page of the book, compressed. */
const WEIGHT = 5_000;
const EDITIONS = {
  en: { folder: "", word: "deadlock", section: "programs/locks.html#deadlock", two: "rayon threads", none: "whale" },
  "zh-TW": { folder: "zh-TW/", word: "死結", section: "programs/locks.html#deadlock", two: "行程 池", none: "鯨魚" },
};
const PAGE = "processes/order.html";
const FOLDER = "/some/folder/";
const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" };

let server, browser, site;

before(async () => {
  for (const { folder } of Object.values(EDITIONS)) {
    assert.ok(fs.existsSync(path.join(SITE, folder, PAGE)), `no site in ${SITE}: cargo book build`);
  }
  server = http.createServer((request, response) => {
    const name = decodeURI(new URL(request.url, "http://localhost").pathname);
    const file = name.startsWith(FOLDER) ? path.join(SITE, path.normalize(name.slice(FOLDER.length))) : "";
    fs.readFile(file, (error, bytes) => {
      response.writeHead(error ? 404 : 200, { "content-type": TYPES[path.extname(name)] || "application/octet-stream" });
      response.end(error ? "" : bytes);
    });
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  site = `http://127.0.0.1:${server.address().port}${FOLDER}`;
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
  });
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** A tab; whatever it says on the console, a breach of its policy among it, fails the test, as does a request elsewhere. */
async function newTab(t, { theme = "light", allowed = /^$/ } = {}) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, reducedMotion: "reduce" });
  t.after(() => context.close());
  const faults = [];
  const tab = await context.newPage();
  tab.on("console", (message) => allowed.test(message.text()) || faults.push(message.text()));
  tab.on("pageerror", (error) => faults.push(error.message));
  tab.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(site) && !/^(data|blob|file):/.test(url)) faults.push(`a request to ${url}`);
  });
  t.after(() => assert.deepEqual(faults, []));
  await tab.addInitScript((name) => location.protocol === "about:" || localStorage.setItem("mdbook-theme", name), theme);
  return tab;
}

/** Opens a page and its search by key. */
async function openSearch(tab, folder, page = PAGE) {
  await tab.goto(site + folder + page);
  await tab.keyboard.press("/");
  await tab.waitForSelector("#mdbook-searchbar:focus");
}

/** What is shown for a query: where each result leads, what it says, and what is marked in it. */
async function results(tab, query) {
  await tab.fill("#mdbook-searchbar", query);
  await tab.waitForFunction((text) => document.getElementById("mdbook-searchresults-header").textContent.includes(text), query);
  return tab.$$eval("#mdbook-searchresults > li", (all) =>
    all.map((row) => ({
      href: row.querySelector("a").href,
      title: row.querySelector("a").textContent,
      teaser: row.querySelector(".teaser").textContent,
      marks: [...row.querySelectorAll("mark")].map((mark) => mark.textContent),
    })),
  );
}

/** The page and section of an address, from the folder of the edition. */
function section(href, folder) {
  const url = new URL(href);
  assert.ok(href.startsWith(site + folder), `${href} leads out of the edition`);
  return url.pathname.slice(FOLDER.length + folder.length) + url.hash;
}

/** What the glossary of an edition calls each thing, and what it says that others call it. */
function glossary(language) {
  const text = fs.readFileSync(path.join(ROOT, "src", language, "appendix/glossary.md"), "utf8").toLowerCase();
  return text.split("\n### ").slice(1).map((entry) => {
    const title = entry.split(" {#")[0].split(/[（）]/).filter(Boolean);
    const also = (/<span class="also">(.*)<\/span>/.exec(entry)?.[1] || "").split(/[:：；、,。.] ?/).filter(Boolean);
    return { title, also };
  });
}
const GLOSSARY = Object.fromEntries(Object.keys(EDITIONS).map((language) => [language, glossary(language)]));

/** Whether a marked text is a word of the query or a part of a Chinese one, in whatever English ending, or what the book calls it. */
function asked(mark, query) {
  const low = mark.toLowerCase().replace(/’/g, "'");
  const word = (text) => {
    if (/\p{Script=Han}/u.test(low)) return text.includes(low);
    const start = low.replace(/\s/g, "-").slice(0, 4);
    return text.split(/[\s.]+|(?<=\w)(?=\p{Script=Han})/u).some((word) => word.startsWith(start)) || text.replace(/\s/g, "-").startsWith(start);
  };
  const text = query.toLowerCase();
  return word(text) || Object.values(GLOSSARY).flat().some(({ title, also }) => also.some((name) => text.includes(name)) && title.some(word));
}

const width = (text) => [...text].reduce((sum, char) => sum + (char >= "\u2e80" ? 2 : 1), 0);
const marks = (tab) => tab.$$eval("main mark.found", (all) => all.map((mark) => mark.textContent));

const table = [];
after(() => {
  console.log(["", "edition  queries  in the first three  first", ...table, ""].join("\n"));
});

for (const [language, edition] of Object.entries(EDITIONS)) {
  const { folder } = edition;

  test(`${language}: the chosen queries have their section among the first three, with the words marked`, async (t) => {
    const tab = await newTab(t);
    await openSearch(tab, folder);
    const missed = [];
    const wrong = [];
    let first = 0;
    for (const { query, expect, also = [] } of QUERIES[language]) {
      const shown = await results(tab, query);
      const at = shown.findIndex(({ href }) => {
        const found = section(href, folder);
        return expect.some((place) => (place.includes("#") ? found === place : found.startsWith(`${place}#`)));
      });
      if (at === 0) first++;
      const pages = [...expect, ...also].map((place) => place.split("#")[0]);
      if (!pages.includes(section(shown[0]?.href ?? `${site}${folder}`, folder).split("#")[0])) wrong.push(`${query}: ${shown[0]?.href}`);
      if (at < 0 || at > 2) missed.push(`${query}: ${shown.slice(0, 3).map(({ href }) => section(href, folder)).join(", ") || "nothing"}`);
      for (const { title, teaser, marks } of shown) {
        assert.ok(marks.length > 0, `${query}: nothing is marked in “${title}”, “${teaser}”`);
        assert.ok(teaser && width(teaser) < 260, `${query}: ${teaser}`);
        for (const mark of marks) assert.ok(asked(mark, query), `${query}: “${mark}” is marked`);
      }
    }
    const n = QUERIES[language].length;
    table.push(`${language.padEnd(7)}  ${String(n).padStart(7)}  ${String(n - missed.length).padStart(18)}  ${String(first).padStart(5)}`, ...missed.map((line) => `         missed: ${line}`));
    assert.ok(n >= 60, "half of at least 120 queries are in this language");
    assert.deepEqual(wrong, [], "a page comes first that is about something else");
    assert.ok(n - missed.length >= SHARE * n, `missed:\n${missed.join("\n")}`);
  });

  test(`${language}: the first result of each query leads to a section whose page marks the words`, async (t) => {
    const tab = await newTab(t);
    await openSearch(tab, folder);
    const targets = [];
    for (const { query } of QUERIES[language]) {
      const [first] = await results(tab, query);
      if (first) targets.push([query, first.href]);
    }
    for (const [query, href] of targets) {
      await tab.goto("about:blank");
      await tab.goto(href);
      const marked = await marks(tab);
      assert.ok(marked.length > 0, `${query}: nothing is marked in ${href}`);
      for (const mark of marked) assert.ok(asked(mark, query), `${query}: “${mark}” is marked in ${href}`);
      const top = await tab.evaluate(() => document.getElementById(decodeURIComponent(location.hash.slice(1))).getBoundingClientRect().top);
      assert.ok(top > -5 && top < 900, `${href} is not in view`);
    }
  });

  test(`${language}: the first search loads ${WEIGHT / 1000} KB at most for each page of the book, and a page nothing of it but the script`, async (t) => {
    const tab = await newTab(t);
    const loaded = [];
    tab.on("response", async (response) => loaded.push({ url: response.url(), size: zlib.gzipSync(await response.body()).length }));
    await tab.goto(site + folder + PAGE);
    await tab.waitForLoadState("networkidle");
    const script = loaded.filter(({ url }) => /\/search-\w+\.js$/.test(url));
    assert.equal(script.length, 1);
    assert.ok(script[0].size < 10_000, `the script has ${script[0].size} bytes`);
    assert.deepEqual(loaded.filter(({ url }) => /searchindex|elasticlunr|searcher|mark\.min/.test(url)), []);
    const before = loaded.length;
    await tab.keyboard.press("s");
    await results(tab, edition.word);
    await tab.waitForLoadState("networkidle");
    const more = loaded.slice(before).filter(({ url }) => !url.includes("/favicon-"));
    assert.equal(more.length, 1, more.map(({ url }) => url).join(" "));
    const sum = script[0].size + more[0].size;
    t.diagnostic(`script ${script[0].size} bytes, text ${more[0].size} bytes, compressed`);
    const pages = await tab.$$eval("#mdbook-sidebar a[href]", (all) => new Set(all.map((link) => link.href.split("#")[0])).size);
    assert.ok(pages >= 30, `${pages} pages`);
    assert.ok(sum < WEIGHT * pages, `${sum} bytes for ${pages} pages`);
  });

  test(`${language}: all by keyboard`, async (t) => {
    const tab = await newTab(t);
    await tab.goto(site + folder + PAGE);
    await tab.evaluate(() => window.scrollTo(0, 500));
    await tab.keyboard.press("s");
    await tab.waitForSelector("#mdbook-searchbar:focus");
    assert.equal(await tab.getAttribute("#mdbook-search-toggle", "aria-expanded"), "true");
    await tab.keyboard.type(edition.word);
    await tab.waitForSelector("#mdbook-searchresults > li:nth-child(3)");
    const focus = () => tab.evaluate(() => [...document.querySelectorAll("#mdbook-searchbar, #mdbook-searchresults a")].indexOf(document.activeElement));
    for (const [key, expected] of [["ArrowDown", 1], ["ArrowDown", 2], ["ArrowUp", 1], ["ArrowUp", 0], ["ArrowUp", 0], ["ArrowDown", 1]]) {
      await tab.keyboard.press(key);
      assert.equal(await focus(), expected, key);
    }
    assert.equal(await tab.$$eval("#mdbook-searchresults > li.focus", (all) => all.length), 1);
    await tab.keyboard.press("Escape");
    assert.ok(await tab.isHidden("#mdbook-searchbar"));
    assert.equal(await tab.evaluate(() => window.scrollY), 500);
    assert.equal(await tab.getAttribute("#mdbook-search-toggle", "aria-expanded"), "false");
    assert.ok(!tab.url().includes("search="), tab.url());
    // The words are still there, and Enter goes to the first result.
    await tab.keyboard.press("/");
    const href = await tab.getAttribute("#mdbook-searchresults a", "href");
    await tab.keyboard.press("Enter");
    await tab.waitForURL(href);
    assert.equal(section(tab.url(), folder), edition.section);
    assert.ok((await marks(tab)).length > 0);
    await tab.keyboard.press("Escape");
    assert.deepEqual(await marks(tab), []);
    assert.ok(!tab.url().includes("highlight"), tab.url());
    await tab.goBack();
    assert.ok(tab.url().includes(PAGE), tab.url());
  });

  test(`${language}: a link with ?search= opens the search, and the way back undoes it`, async (t) => {
    const tab = await newTab(t);
    await tab.goto(`${site}${folder}${PAGE}?search=${encodeURIComponent(edition.two).replace(/%20/g, "+")}`);
    await tab.waitForSelector("#mdbook-searchresults > li");
    assert.equal(await tab.inputValue("#mdbook-searchbar"), edition.two);
    await tab.goto("about:blank");
    await openSearch(tab, folder);
    await results(tab, edition.word);
    assert.equal(new URL(tab.url()).searchParams.get("search"), edition.word);
    await tab.goBack();
    await tab.waitForSelector("#mdbook-searchbar", { state: "hidden" });
    await tab.goForward();
    await tab.waitForSelector("#mdbook-searchresults > li");
  });

  test(`${language}: what is not there is told, and a click removes the marks`, async (t) => {
    const tab = await newTab(t);
    await openSearch(tab, folder);
    assert.deepEqual(await results(tab, edition.none), []);
    assert.equal((await results(tab, "<b>&amp;")).filter(({ marks }) => marks.length === 0).length, 0);
    const { href } = (await results(tab, edition.word)).find(({ href }) => section(href, folder) === edition.section);
    await tab.click(`#mdbook-searchresults a[href="${href}"]`);
    await tab.waitForURL(href);
    const text = await tab.textContent("main");
    await tab.locator("main p mark.found:not(a mark)").first().click();
    assert.deepEqual(await marks(tab), []);
    assert.equal(await tab.textContent("main"), text);
  });

  for (const theme of ["light", "navy"]) {
    test(`${language}: axe finds nothing in the results and the marks, ${theme}`, async (t) => {
      const tab = await newTab(t, { theme });
      await openSearch(tab, folder);
      await results(tab, edition.word);
      const check = async (where) => {
        const { violations } = await tab.evaluate((where) => axe.run(where), where);
        assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
      };
      await tab.evaluate(fs.readFileSync(axe, "utf8"));
      await check("#mdbook-searchresults-outer");
      const [first] = await results(tab, edition.word);
      await tab.goto(first.href);
      await tab.evaluate(fs.readFileSync(axe, "utf8"));
      assert.ok((await marks(tab)).length > 0);
      await check("main mark.found");
    });
  }

  test(`${language}: it works in a page that is read from a file`, async (t) => {
    const tab = await newTab(t);
    await tab.goto(pathToFileURL(path.join(SITE, folder, PAGE)).href);
    await tab.keyboard.press("/");
    const [first] = await results(tab, edition.word);
    assert.equal(first.href.split(SITE)[1].replace(/\?[^#]*/, ""), `/${folder}${edition.section}`);
    await tab.goto(first.href);
    assert.ok((await marks(tab)).length > 0);
  });
}

// Words that stand only in an answer that is folded, a program's folded part, or a tab that isn't shown.
test("what a result leads to can be seen, whatever it was folded into", async (t) => {
  const tab = await newTab(t);
  const hidden = [];
  for (const query of ["black_box", "abandon", "mpi_yield_when_idle", "ENOBUFS", "AboveBars"]) {
    await openSearch(tab, "");
    for (const { href } of (await results(tab, query)).slice(0, 2)) {
      await tab.goto(href);
      const seen = await tab.$$eval("main mark.found", (all) => all.map((mark) => mark.checkVisibility()));
      if (!seen.includes(true)) hidden.push(`${query}: ${seen.length} marks in ${href}`);
    }
  }
  assert.deepEqual(hidden, []);
});

test("a mark in the other language's tab selects it, and one in a program unfolds it", async (t) => {
  const tab = await newTab(t);
  for (const [page, word, part] of [["programs/locks.html", "threading", ".twins-python"], ["programs/progress.html", "abandon", ".fold"]]) {
    await tab.goto(`${site}${page}?highlight=${word}#the-program`);
    const seen = await tab.$$eval("main mark.found", (all, part) => all.filter((mark) => mark.closest(part)).map((mark) => mark.checkVisibility()), part);
    const all = await marks(tab);
    assert.ok(all.length > 0, `${word} stands nowhere in ${page}`);
    if (seen.length) assert.ok(seen.includes(true) || all.length > seen.length, `${word} in ${page}`);
  }
});

test("all results can be reached, by keyboard too", async (t) => {
  const tab = await newTab(t);
  await openSearch(tab, "");
  const shown = (await results(tab, "process")).length;
  const told = Number(/^\d+/.exec(await tab.textContent("#mdbook-searchresults-header"))[0]);
  assert.ok(told > shown && shown === 20, `${told} results, ${shown} of them shown`);
  for (let at = shown; at < told; at += 20) {
    await tab.locator(".search-more").press("Enter");
    const links = tab.locator("#mdbook-searchresults a");
    assert.equal(await links.count(), Math.min(told, at + 20));
    assert.ok(await links.nth(at).evaluate((link) => link === document.activeElement), "the focus is on the first that came");
  }
  assert.equal(await tab.locator(".search-more").count(), 0);
});

test("Ctrl+K opens the search, from a field too", async (t) => {
  const tab = await newTab(t);
  await tab.goto(site + "why/how_time_goes.html");
  await tab.locator(".lab input[name=tasks]").focus();
  await tab.keyboard.press("Control+k");
  await tab.waitForSelector("#mdbook-searchbar:focus");
});

test("a word with a wrong letter is told, and what it may mean is shown", async (t) => {
  const tab = await newTab(t);
  await openSearch(tab, "");
  const [found] = await results(tab, "deadlok");
  assert.match(await tab.textContent("#mdbook-searchresults-header"), /“deadlok”.*“deadlock”/);
  assert.ok(found);
});

test("a Chinese word that is being composed is left alone, and so are its keys", async (t) => {
  const tab = await newTab(t);
  await openSearch(tab, "zh-TW/");
  // There are results, to which the keys would lead.
  assert.ok((await results(tab, "池")).length > 0);
  const header = () => tab.textContent("#mdbook-searchresults-header");
  const told = await header();
  const input = await tab.context().newCDPSession(tab);
  await input.send("Input.imeSetComposition", { text: "ㄙˇㄐㄧㄝˊ", selectionStart: 6, selectionEnd: 6 });
  for (const key of ["ArrowDown", "Enter"]) {
    for (const type of ["rawKeyDown", "keyUp"]) {
      await input.send("Input.dispatchKeyEvent", { type, key, code: key, windowsVirtualKeyCode: 229 });
    }
    assert.ok(await tab.$("#mdbook-searchbar:focus"), key);
  }
  assert.equal(await header(), told);
  await input.send("Input.insertText", { text: "死結" });
  await tab.waitForFunction(() => document.getElementById("mdbook-searchresults-header").textContent.includes("池死結"));
  assert.ok(tab.url().includes(PAGE), "the key went to the composed word");
});

test("a search that can't be loaded says so, and the next try loads it", async (t) => {
  const tab = await newTab(t, { allowed: /Failed to load resource/ });
  await tab.route("**/searchindex-*.js", (route) => route.abort());
  await openSearch(tab, "");
  await tab.waitForFunction(() => /could not be loaded/.test(document.getElementById("mdbook-searchresults-header").textContent));
  await tab.unroute("**/searchindex-*.js");
  await tab.keyboard.press("Escape");
  await tab.keyboard.press("/");
  assert.ok((await results(tab, "deadlock")).length > 0);
});
