// The validator of the Nu project, on every page and every picture that stands in a file of its own.
"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const path = require("node:path");
const { spawnSync } = require("node:child_process");
const { SITE, everything, files } = require("./site.js");

test("every page is valid HTML, and every drawing valid SVG", () => {
  const jar = path.join(path.dirname(require.resolve("vnu-jar/package.json")), "build/dist/vnu.jar");
  const names = [...everything(), ...files(".svg")].map((name) => path.join(SITE, name));
  const { status, stderr, error } = spawnSync("java", ["-jar", jar, "--errors-only", "--also-check-svg", ...names], { encoding: "utf8", maxBuffer: 1 << 26 });
  assert.equal(error, undefined);
  assert.equal(stderr.replaceAll(`file:${SITE}/`, ""), "");
  assert.equal(status, 0);
});
