// The schedule explorer's model, on the graphs that tools/schedules has made of the programs.
"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { unpack, walk, all, read, write, WORKERS } = require("../../theme/schedule-explorer.js");

const DATA = path.join(__dirname, "../../tools/schedules/data");
const GRAPHS = fs.readdirSync(DATA).filter((name) => name.endsWith(".json"))
  .map((name) => unpack(JSON.parse(fs.readFileSync(path.join(DATA, name), "utf8"))));
const graphOf = (name) => GRAPHS.find((graph) => graph.name === name);
/** More schedules than these are not gone one by one. */
const MANY = 5_000;

/** Every complete way through a graph, gone one by one. */
function* ways(graph, way = []) {
  const { at } = walk(graph, way);
  const { outcome, next } = graph.states[at];
  if (outcome !== undefined) yield { way, outcome };
  for (const [worker, step] of next.entries()) {
    if (step?.to !== undefined) yield* ways(graph, [...way, worker]);
  }
}

test("there is a graph of each program", () => {
  assert.ok(GRAPHS.length >= 12);
  assert.equal(new Set(GRAPHS.map(({ name }) => name)).size, GRAPHS.length);
});

test("a walk through all ways counts as many schedules as the model checker", () => {
  let walked = 0;
  for (const graph of GRAPHS) {
    const told = graph.outcomes.map(({ schedules }) => schedules);
    assert.deepEqual(graph.counts[0], told, graph.name);
    assert.equal(all(graph), told.reduce((a, b) => a + b), graph.name);
    if (all(graph) > MANY) continue;
    const sums = graph.outcomes.map(() => 0);
    for (const { outcome } of ways(graph)) sums[outcome]++;
    assert.deepEqual(sums, told, graph.name);
    walked++;
  }
  assert.ok(walked >= 9, `${walked} of ${GRAPHS.length}`);
});

test("what can still be reached is counted from each state", () => {
  for (const graph of GRAPHS) {
    graph.states.forEach(({ next, outcome }, at) => {
      const here = graph.outcomes.map((_, i) => Number(i === outcome));
      for (const step of next) if (step?.to !== undefined) graph.counts[step.to].forEach((n, i) => (here[i] += n));
      assert.deepEqual(graph.counts[at], here);
      assert.ok(here.some((n) => n > 0), "each state leads to an end");
    });
  }
});

test("each stored way leads to its outcome, and the memory is what its steps wrote", () => {
  for (const graph of GRAPHS) {
    graph.outcomes.forEach(({ way }, i) => {
      const { at, steps } = walk(graph, way);
      assert.equal(steps.length, way.length);
      assert.equal(graph.states[at].outcome, i);
      const memory = [...graph.states[0].memory];
      for (const { place, read, wrote } of steps) {
        if (read !== undefined) assert.equal(read, memory[place], "a step reads what stands there");
        if (wrote !== undefined) memory[place] = wrote;
      }
      assert.deepEqual(graph.states[at].memory, memory);
    });
  }
});

test("the right outcomes come first and the worst comes last", () => {
  for (const { name, outcomes } of GRAPHS) {
    const wrong = outcomes.map(({ right }) => !right);
    assert.deepEqual(wrong, [...wrong].sort(), name);
  }
  const worst = (name) => graphOf(name).outcomes.at(-1).left;
  assert.deepEqual(worst("lost_update_2"), [2]);
  assert.equal(worst("giver_first"), null);
});

test("what is asked and never happens is no outcome", () => {
  for (const { name, outcomes, never } of GRAPHS) {
    const left = outcomes.map((outcome) => String(outcome.left));
    for (const other of never) assert.ok(!left.includes(String(other)), `${name}: ${other}`);
    assert.ok(never.length > 0, name);
  }
});

test("a way ends where a worker can't go on", () => {
  const graph = graphOf("giver_first");
  const { way } = graph.outcomes.find(({ left }) => left === null);
  const { at, steps } = walk(graph, [...way, 0, 1]);
  assert.equal(steps.length, way.length);
  assert.deepEqual(graph.states[at].next.map((next) => next.to), [undefined, undefined], "each waits");
  const done = graphOf("one_step_1");
  assert.equal(walk(done, [0, 0, 0, 0, 0]).steps.length, 1);
});

test("an address brings a way back", () => {
  const names = GRAPHS.map(({ name }) => name);
  for (const { name, outcomes } of GRAPHS) {
    const { way } = outcomes.at(-1);
    assert.deepEqual(read(names, write(name, way)), { name, way });
    assert.deepEqual(read(names, write(name, [])), { name, way: [] });
  }
  assert.equal(write("lost_update_1", [0, 1]), `lost_update_1.${WORKERS[0]}${WORKERS[1]}`);
  const { name, way } = read(names, "lost_update_1.AxB");
  assert.equal(walk(graphOf(name), way).steps.length, 1, "as far as it makes sense");
  for (const text of ["", ".", "whale.AB", "lost_update_1", "lost_update_1.A.B"]) assert.equal(read(names, text), null, text);
});
