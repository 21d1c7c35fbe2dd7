// Makes images/readme-page.png and images/readme-page.zh-TW.png, the pictures of a page in README.md and
// README.zh-TW.md, from a site that is built already:
// SITE=book NODE_PATH=… node tests/browser/picture.js
"use strict";
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");

const ROOT = path.join(__dirname, "../..");
const SITE = path.resolve(process.env.SITE || path.join(ROOT, "book"));

(async () => {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  for (const [folder, ending] of [["", ""], ["zh-TW", ".zh-TW"]]) {
    const tab = await browser.newPage({ viewport: { width: 1280, height: 1040 }, deviceScaleFactor: 1.5, colorScheme: "light" });
    await tab.goto(pathToFileURL(path.join(SITE, folder, "processes/multi_process.html")).href);
    await tab.evaluate(() => scrollBy(0, document.getElementById("the-program").getBoundingClientRect().top - 90));
    await tab.waitForTimeout(500);
    await tab.screenshot({ path: path.join(ROOT, `images/readme-page${ending}.png`) });
    await tab.close();
  }
  await browser.close();
})();
