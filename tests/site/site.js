// What the gates share: the built site on a plain file server, its pages, and the browser.
// SITE names the folder of the site, built for the address URL on this machine; PLAIN the folder of one
// that was built for no address; CHROMIUM the browser if it is not /usr/bin/chromium.
"use strict";
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const zlib = require("node:zlib");

const SITE = path.resolve(process.env.SITE || path.join(__dirname, "../../book"));
const PLAIN = path.resolve(process.env.PLAIN || SITE);
const ADDRESS = process.env.URL || "http://127.0.0.1:8000/";
const CHROMIUM = process.env.CHROMIUM || "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
/** Pages of each kind, where to look at every page would take too long. */
const SAMPLE = [
  "index.html", "processes/multi_process.html", "programs/supervisor.html", "why/how_time_goes.html",
  "appendix/python_to_rust.html", "appendix/glossary.html",
];
const THEMES = ["light", "rust", "coal", "navy", "ayu"];
const TYPES = {
  ".css": "text/css", ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".json": "application/json",
  ".png": "image/png", ".svg": "image/svg+xml", ".txt": "text/plain", ".xml": "application/xml",
  ".epub": "application/epub+zip", ".pdf": "application/pdf", ".zip": "application/zip",
};

/** The files of the site with this ending, as paths below it, sorted. */
function files(ending) {
  if (!fs.existsSync(path.join(SITE, "index.html"))) throw new Error(`no site in ${SITE}: cargo book build`);
  return fs.readdirSync(SITE, { recursive: true })
    .map((name) => name.split(path.sep).join("/"))
    .filter((name) => name.endsWith(ending))
    .sort();
}

const base = (name) => name.split("/").pop();
/** All pages, the list of sections for readers without scripts among them. */
const everything = () => files(".html");
/** The pages with mdBook's frame around them: sections, print and 404. */
const pages = () => everything().filter((name) => base(name) !== "toc.html");
/** The sections. */
const sections = () => pages().filter((name) => !["print.html", "404.html"].includes(base(name)));
/** A file of the site. */
const bytes = (name) => fs.readFileSync(path.join(SITE, name));
/** Its text. */
const read = (name) => bytes(name).toString();
/** The editions, by the folders of their pages: "" and "zh-TW/", say. */
const editions = () => everything().filter((name) => base(name) === "print.html").map((name) => name.replace("print.html", ""));

/**
 * Serves the site below the path of its address, or another `site` below `under`, at any free port or at
 * `port`, as a plain file server does: no rewriting, compressed where asked, 404.html for what isn't there.
 * `send` may send the bytes in a way of its own, and where it cuts them `compress` is off. `origin` has no slash at its end.
 */
async function serve({ site = SITE, under = new URL(ADDRESS).pathname, port = 0, compress = true, send = (response, bytes) => response.end(bytes) } = {}) {
  const server = http.createServer((request, response) => {
    let name = decodeURI(new URL(request.url, "http://localhost").pathname);
    let status = 200;
    let file = name.startsWith(under) ? path.join(site, path.normalize(`/${name.slice(under.length)}`)) : "";
    if (name.endsWith("/")) file = path.join(file, "index.html");
    if (!file || !fs.existsSync(file) || fs.statSync(file).isDirectory()) {
      status = 404;
      file = path.join(site, "404.html");
    }
    let bytes = fs.readFileSync(file);
    const type = TYPES[path.extname(file)] || "application/octet-stream";
    const headers = { "content-type": type, "cache-control": "max-age=600" };
    if (compress && /text|json|svg|xml/.test(type) && /gzip/.test(request.headers["accept-encoding"] || "")) {
      bytes = zlib.gzipSync(bytes);
      headers["content-encoding"] = "gzip";
    }
    headers["content-length"] = bytes.length;
    response.writeHead(status, headers);
    send(response, bytes, request);
  });
  await new Promise((ready, failed) => server.once("error", failed).listen(port, "127.0.0.1", ready));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { origin: `http://127.0.0.1:${server.address().port}${under.replace(/\/$/, "")}`, close };
}

/** Starts the browser. */
async function launch(options = {}) {
  const { chromium } = require("playwright-core");
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS, ...options });
  // All pages in one take their time on a machine that has other things to do.
  const make = browser.newContext.bind(browser);
  browser.newContext = async (...given) => {
    const context = await make(...given);
    context.setDefaultTimeout(180_000);
    return context;
  };
  return browser;
}

/** Whatever a page says on the console, throws, fails to load or asks of another host, as it comes. */
function faultsOf(tab, origin) {
  const faults = [];
  tab.on("console", (message) => faults.push(`console: ${message.text()}`));
  tab.on("pageerror", (error) => faults.push(`thrown: ${error.message}`));
  tab.on("requestfailed", (request) => {
    // What the browser itself gave up, since the page was left, was not refused by anybody.
    const why = request.failure()?.errorText;
    if (why !== "net::ERR_ABORTED") faults.push(`failed: ${request.url()} ${why}`);
  });
  tab.on("response", (response) => {
    if (response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`);
  });
  tab.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(data|blob):/.test(url)) faults.push(`another host: ${url}`);
  });
  return faults;
}

/** What was found where, from pairs of page and fault: the same fault of many pages is told once. */
function told(faults) {
  const where = new Map();
  for (const [page, fault] of faults) where.set(fault, [...(where.get(fault) || []), page]);
  return [...where].map(([fault, pages]) => `${pages[0]}${pages.length > 1 ? ` and ${pages.length - 1} more` : ""}: ${fault}`).join("\n");
}

/** Runs `work` for each of `list`, two at a time; `make` prepares what each of the two needs. */
async function each(list, make, work) {
  const rest = [...list];
  await Promise.all([0, 1].map(async () => {
    const own = await make();
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item, own);
  }));
}

module.exports = {
  SITE, PLAIN, URL: ADDRESS, CHROMIUM, FLAGS, SAMPLE, THEMES,
  base, bytes, each, editions, everything, faultsOf, files, launch, pages, read, sections, serve, told,
};
