// The model of the replay: what each worker does at a moment, beside the traces themselves.
"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");

const { unpack, moment, changes, change, read, write, runs } = require("../../theme/time-replay.js");
const ROOT = path.join(__dirname, "../..");
const json = (file) => JSON.parse(fs.readFileSync(path.join(ROOT, file), "utf8"));
const DATA = unpack(json("benches/replay.json"));
const way = (program, id) => DATA.programs.find((one) => one.id === program).ways.find((one) => one.id === id);

/** The ways of a trace as it was recorded, from nothing but the file. */
function traced(program) {
  const { traceEvents } = json(`benches/data/timeline-${program}.json`);
  const spans = traceEvents.filter(({ ph }) => ph === "X");
  const whole = spans.filter(({ cat }) => cat === "way").sort((a, b) => a.ts - b.ts);
  return whole.map(({ ts, dur }) =>
    spans.filter((e) => e.cat !== "way" && ts <= e.ts && e.ts < ts + dur).map((e) => ({ ...e, ts: e.ts - ts })));
}

test("at every moment exactly those work whom the trace has at work", () => {
  for (const { id, ways } of DATA.programs) {
    traced(id).forEach((spans, n) => {
      for (let at = 250.25; at < ways[n].length; at += 500) {
        const shown = moment(ways[n], at).filter(({ kind }) => kind === "work").map(({ name, cpu }) => `${name} @${cpu}`).sort();
        // To the microsecond it is rounded.
        const inside = (e, by) => e.cat === "work" && e.ts + by <= at && at < e.ts + e.dur - by;
        const names = (by) => spans.filter((e) => inside(e, by)).map((e) => `${e.name} @${e.args.cpu}`).sort();
        if (String(names(1)) === String(names(-1))) assert.deepEqual(shown, names(0), `${id} ${ways[n].id} at ${at}`);
      }
    });
  }
});

test("on one core and under a lock one works at a time, elsewhere two do", () => {
  const most = (one) => Math.max(...changes(one).map((at) => moment(one, at + 300).filter(({ kind }) => kind === "work").length));
  assert.equal(most(way("rust", "sequential")), 1);
  assert.equal(most(way("rust", "one_core")), 1);
  assert.equal(most(way("python", "threads")), 1);
  assert.equal(most(way("rust", "threads")), 2);
  assert.equal(most(way("rust", "processes")), 2);
  assert.equal(most(way("python", "processes")), 2);
});

test("nobody has begun before the first moment, and all have ended at the end", () => {
  for (const { ways } of DATA.programs) {
    for (const one of ways) {
      assert.ok(moment(one, -1).every(({ kind }) => kind === "before"));
      assert.ok(moment(one, one.length).every(({ kind }) => kind === "after"), one.id);
    }
  }
});

test("main waits in the line that waits for the others, and who has no turn stays in its own", () => {
  const threads = way("rust", "threads");
  const wait = threads.lanes[0].find(({ kind }) => kind === "wait");
  const [main] = moment(threads, (wait.from + wait.to) / 2);
  const text = threads.code.flatMap(({ first, lines }) => lines.map((line, i) => [first + i, line])).find(([n]) => n === main.line)[1];
  assert.match(text, /worker\.join\(\)/);
  const turn = way("rust", "one_core").lanes[1].find(({ kind }) => kind === "turn");
  const beside = way("rust", "one_core").lanes[1].filter(({ name }) => name === turn.name);
  assert.ok(beside.length > 1 && beside.every(({ line }) => line === turn.line));
  assert.ok(!runs(turn) && !runs(wait) && runs(beside.find(({ kind }) => kind === "work")));
});

test("from change to change one comes through the whole way, and back", () => {
  const one = way("rust", "processes");
  const all = changes(one);
  assert.deepEqual(all, [...new Set(all)].sort((a, b) => a - b));
  const there = [];
  for (let at = -1, to; (to = change(one, at, 1)) !== at; at = to) there.push(to);
  assert.deepEqual(there, all);
  const back = [];
  for (let at = 1e9, to; (to = change(one, at, -1)) !== at; at = to) back.unshift(to);
  assert.deepEqual(back, all);
});

test("an address leads to the moment that it was made of, and no other text does", () => {
  const program = DATA.programs[1];
  const state = { program, way: program.ways[2], at: 32000 };
  assert.equal(write(state), "python.threads.32000");
  assert.deepEqual(read(DATA, write(state)), state);
  assert.equal(read(DATA, "rust.threads.9999999").at, DATA.longest);
  for (const bad of ["", "rust", "rust.threads", "go.threads.1", "rust.fibers.1", "rust.threads.-1", "rust.threads.1e3", "rust.threads.x", "rust.threads.12345678"]) {
    assert.equal(read(DATA, bad), null, bad);
  }
});
