// What each page says of itself to search engines, to those who show links to it, and to its reader.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { SITE, URL: ADDRESS, files, launch, pages, sections, serve, base } = require("./site.js");

let server, browser, all;
before(async () => {
  server = await serve();
  browser = await launch();
  const context = await browser.newContext({ javaScriptEnabled: false });
  const tab = await context.newPage();
  all = new Map();
  for (const name of pages()) {
    await tab.goto(`${server.origin}/${name}`, { waitUntil: "domcontentloaded" });
    const list = (selector, ...attributes) => tab.$$eval(selector, (all, attributes) => all.map((e) => attributes.map((a) => e.getAttribute(a))), attributes);
    const metas = await list("meta[name], meta[property]", "name", "property", "content");
    all.set(name, {
      title: await tab.title(),
      lang: await tab.getAttribute("html", "lang"),
      meta: Object.fromEntries(metas.map(([name, property, content]) => [name || property, content])),
      twice: metas.map(([name, property]) => name || property).filter((key, i, keys) => key !== "og:locale:alternate" && keys.indexOf(key) !== i),
      canonical: (await list("link[rel=canonical]", "href")).flat(),
      alternates: await list("link[rel=alternate][hreflang]", "hreflang", "href"),
      icons: (await list("link[rel~=icon]", "href")).flat(),
      text: await tab.locator("main").innerText(),
      footer: await tab.locator(".page-footer").allInnerTexts(),
      edit: (await list(".page-footer a", "href")).flat(),
    });
  }
});
after(async () => {
  await browser?.close();
  server?.close();
});

/** The page of the site that an address leads to. */
function led(address) {
  assert.ok(address.startsWith(ADDRESS), `${address} is no address of the site`);
  const name = address.slice(ADDRESS.length);
  const file = name === "" || name.endsWith("/") ? `${name}index.html` : name;
  assert.ok(fs.existsSync(path.join(SITE, file)), `${address} leads nowhere`);
  return file;
}

test("each page has a title and a description of its own", () => {
  const seen = new Map();
  for (const name of sections()) {
    const { title, meta, text, twice } = all.get(name);
    assert.deepEqual(twice, [], name);
    const description = meta.description;
    const length = [...description].length;
    assert.ok(length >= 50 && length <= 160, `${name}: a description of ${length} characters: ${description}`);
    assert.equal(meta["og:title"], title, name);
    assert.equal(meta["og:description"], description, name);
    for (const key of [title, description]) {
      const other = seen.get(key);
      // The first section stands in index.html too.
      assert.ok(!other || all.get(other).text === text, `${name} and ${other} both say ${key}`);
      seen.set(key, name);
    }
  }
});

test("each page names its address, and the same page in each language", () => {
  for (const name of sections()) {
    const { canonical, alternates, lang, meta, text } = all.get(name);
    assert.equal(canonical.length, 1, name);
    assert.equal(all.get(led(canonical[0])).text, text, `${name}: ${canonical[0]} is another page`);
    assert.equal(meta["og:url"], canonical[0]);
    for (const [language, address] of alternates) {
      const other = led(address);
      if (language !== "x-default") assert.equal(all.get(other).lang, language, `${name}: ${address}`);
      const back = all.get(other).alternates.map(([, address]) => address);
      assert.ok(back.includes(canonical[0]), `${other} doesn't lead back to ${name}`);
    }
    if (alternates.length) assert.ok(alternates.some(([language, address]) => language === lang && address === canonical[0]), name);
  }
});

test("a link to a page is shown with a picture of the right size", () => {
  for (const name of [...sections(), ...pages().filter((name) => base(name) === "print.html")]) {
    const { meta } = all.get(name);
    const png = fs.readFileSync(path.join(SITE, led(meta["og:image"])));
    assert.equal(png.subarray(1, 4).toString(), "PNG", name);
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1200, 630]);
    assert.deepEqual([meta["og:image:width"], meta["og:image:height"]], ["1200", "630"]);
    for (const key of ["og:type", "og:site_name", "og:locale", "og:image:alt", "twitter:card", "theme-color"]) assert.ok(meta[key], `${name}: ${key}`);
  }
});

test("the icon is the book's own, as drawing and as pixels", () => {
  for (const [name, { icons }] of all) {
    assert.deepEqual(icons.map((icon) => path.extname(icon)).sort(), [".png", ".svg"], name);
  }
});

test("print and 404 are for readers, not for search engines", () => {
  for (const [name, { meta, canonical }] of all) {
    if (["print.html", "404.html"].includes(base(name))) {
      assert.equal(meta.robots, "noindex", name);
      assert.deepEqual(canonical, [], name);
    } else {
      assert.equal(meta.robots, undefined, name);
    }
  }
});

test("each section says what tested it and where it can be edited", () => {
  for (const name of sections()) {
    const { footer, edit } = all.get(name);
    assert.equal(footer.length, 1, name);
    assert.match(footer[0], /Rust \d+\.\d+\.\d+/, name);
    assert.match(edit.join(), /^https:\/\/\S+\/edit\/main\/src\/[\w-]+\/\S+\.md$/, name);
  }
});

test("sitemap.xml names every section once, and robots.txt names it", () => {
  const xml = fs.readFileSync(path.join(SITE, "sitemap.xml"), "utf8");
  const named = [...xml.matchAll(/<loc>([^<]*)<\/loc>/g)].map(([, address]) => address);
  const canonical = new Set(sections().flatMap((name) => all.get(name).canonical));
  assert.deepEqual(named.toSorted(), [...canonical].toSorted());
  for (const address of named) led(address);
  for (const [, day] of xml.matchAll(/<lastmod>([^<]*)</g)) assert.match(day, /^20\d\d-\d\d-\d\d$/);
  assert.ok(files(".txt").includes("robots.txt"));
  assert.match(fs.readFileSync(path.join(SITE, "robots.txt"), "utf8"), new RegExp(`^Sitemap: ${ADDRESS}sitemap.xml$`, "m"));
});
