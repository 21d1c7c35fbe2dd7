// What the page knows of a run: the model of theme/run.js, on events as tools/here tells them.
"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { Model, lanes, lines } = require("../../theme/run.js");

const start = (place, pid, parent, at = place) => ({ is: "starts", at, place, pid, parent, program: "one" });
const last = (more = {}) => ({ parent: null, waited: null, cpu: 1, threads: 1, left: null, ...more });

function heard(...events) {
  const model = new Model();
  events.forEach((event) => model.hear(event));
  return model;
}

test("lines that come in pieces are put together", () => {
  const split = lines();
  assert.deepEqual(split('{"is":"be'), []);
  assert.deepEqual(split('at"}\n{"is":"begins"}\n{"'), [{ is: "beat" }, { is: "begins" }]);
  assert.deepEqual(split('is":"end"}\n'), [{ is: "end" }]);
});

test("the tree has parents before their children, and a child of nobody known at its root", () => {
  const model = heard(start(0, 10, null), start(1, 11, 0), start(2, 12, 0), start(3, 13, 1), start(4, 14, null));
  assert.deepEqual(model.order().map(({ pid }) => pid), [10, 11, 13, 12, 14]);
  assert.equal(model.above(model.processes[3]).pid, 11);
});

test("a look is of who lives, and an id that was given anew is the last one's", () => {
  const model = heard(
    start(0, 10, null), start(1, 11, 0),
    { is: "ends", at: 2, place: 1, code: 0, signal: null },
    start(2, 11, 0, 3),
    { is: "look", at: 4, all: [[10, 1, "waits", 2, 5, 1, 0], [11, 10, "runs", 1, 7, 0, 2]] },
  );
  const [first, old, fresh] = model.processes;
  assert.deepEqual([first.state, first.threads, first.cpu, first.reads, first.writes, first.now], ["waits", 2, 5, 1, 0, 1]);
  assert.deepEqual([old.state, old.cpu], ["ended", 0]);
  assert.deepEqual([fresh.state, fresh.cpu, fresh.writes], ["runs", 7, 2]);
  assert.equal(model.alive().length, 2);
});

test("a zombie is one until it is waited for", () => {
  const model = heard(start(0, 10, null), start(1, 11, 0), { is: "ends", at: 2, place: 1, code: 1, signal: null });
  model.hear({ is: "look", at: 3, all: [[10, 1, "waits", 1, 0, 0, 0], [11, 10, "zombie", 1, 0, 0, 0]] });
  assert.equal(model.processes[1].state, "zombie");
  model.hear({ is: "look", at: 4, all: [[10, 1, "waits", 1, 0, 0, 0]] });
  assert.equal(model.processes[1].state, "ended");
});

test("a timeline has lives, stops and zombies", () => {
  const model = heard(
    start(0, 10, null, 0), start(1, 11, 0, 1),
    { is: "stops", at: 2, place: 1 }, { is: "goes on", at: 5, place: 1 }, { is: "stops", at: 6, place: 1 },
    { is: "ends", at: 7, place: 1, code: null, signal: "SIGKILL" },
    { is: "ends", at: 10, place: 0, code: 0, signal: null },
    { is: "end", why: null, processes: [last(), last({ parent: 0, waited: 9 })] },
  );
  const { end, lanes: [parent, child] } = lanes(model);
  assert.equal(end, 10);
  assert.deepEqual([parent.lives, parent.zombie], [[0, 10], [10, 10]]);
  assert.deepEqual([child.lives, child.stops, child.zombie], [[1, 7], [[2, 5], [6, 7]], [7, 9]]);
});

test("stages follow each other, and a refusal says why", () => {
  const model = heard({ is: "builds", command: "cargo build" });
  assert.equal(model.stage, "builds");
  model.hear({ is: "options", options: [] });
  assert.equal(model.stage, "ready");
  assert.equal(heard({ is: "refused", what: "build", why: "" }).why.what, "build");
});
