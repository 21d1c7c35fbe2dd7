"""The same tasks four ways, and who ran when; --trace FILE writes the trace."""

import argparse
import ctypes
import json
import multiprocessing
import os
import pickle
import threading
import time

TASKS = ["A", "B", "C"]
MAIN = ["main 1", "main 2", "main 3", "main 4", "end"]
COLUMNS = 62
PART = 16 * 1024  # bytes of a result that are sent at a time
GAP = 500.0  # microseconds: who looks at the clock and finds more has passed did not run

# PyDLL, unlike CDLL, keeps the interpreter's lock during the call.
getcpu = getattr(ctypes.PyDLL(None), "sched_getcpu", lambda: None)
EPOCH = time.monotonic_ns()


def now():
    return (time.monotonic_ns() - EPOCH) / 1000


def step():
    total = 1
    for n in range(200):
        total ^= n * 0x9E3779B9


def steps_in(length):
    def count():
        steps, start = 0, now()
        while now() - start < 10_000:
            step()
            steps += 1
        return steps

    return max(count() for _ in range(5)) * length // 10


class Recorder:
    """What one worker notes."""

    def __init__(self, worker):
        self.worker, self.events = worker, []
        self.pid, self.tid = os.getpid(), threading.get_native_id()

    def note(self, cat, name, start, end, cpu=None):
        args = {} if cpu is None else {"cpu": cpu}
        times = {"ts": round(start, 3), "dur": round(end - start, 3)}
        ids = {"pid": self.pid, "tid": self.tid}
        self.events.append({"name": name, "cat": cat, "ph": "X", **times, **ids, "args": args})


class Piece:
    """A piece in slices: a pause or another CPU ends one slice and begins the next."""

    def __init__(self, recorder, cat, name):
        self.recorder, self.cat, self.name = recorder, cat, name
        self.begin = self.last = now()
        self.cpu = getcpu()

    def tick(self):
        time_now, cpu = now(), getcpu()
        if time_now - self.last > GAP or cpu != self.cpu:
            self.close()
            self.begin, self.cpu = time_now, cpu
        self.last = time_now

    def called(self):
        """After a call that may have taken longer than GAP: all of it counts."""
        self.last = now()

    def close(self):
        self.recorder.note(self.cat, self.name, self.begin, self.last, self.cpu)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tick()
        self.close()


def piece(work, recorder, name):
    with Piece(recorder, "work", name) as slices:
        for _ in range(work["steps"]):
            step()
            slices.tick()


def task(work, recorder, name):
    piece(work, recorder, name + "1")
    piece(work, recorder, name + "2")
    return bytes(work["kib"] * 1024)


def one_after_another(work, main):
    for name, main_name in zip(TASKS, MAIN):
        piece(work, main, main_name)
        task(work, main, name)
    piece(work, main, MAIN[3])
    piece(work, main, MAIN[4])
    return []


def threads(work, main):
    records = []

    def run(name, called):
        recorder = Recorder(name)
        recorder.note("start", "begin", called, now())
        task(work, recorder, name)
        records.append(recorder)

    workers = []
    for name, main_name in zip(TASKS, MAIN):
        piece(work, main, main_name)
        with Piece(main, "start", "start " + name) as starting:
            workers.append(threading.Thread(target=run, args=(name, now())))
            workers[-1].start()
            starting.called()
    piece(work, main, MAIN[3])
    for worker in workers:
        worker.join()
    piece(work, main, MAIN[4])
    return records


def threads_on_one_core(work, main):
    if not hasattr(os, "sched_setaffinity"):
        return threads(work, main)  # the interpreter's lock lets one run at a time anyway
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        return threads(work, main)
    finally:
        os.sched_setaffinity(0, allowed)


def child(work, name, called, pipe):
    recorder = Recorder(name)
    recorder.note("start", "begin", called, now())
    result = task(work, recorder, name)
    with Piece(recorder, "move", "send " + name) as moving:
        data = pickle.dumps(result)
        moving.called()
        pipe.send(len(data))
        for at in range(0, len(data), PART):
            pipe.send_bytes(data[at : at + PART])
            moving.tick()
    pipe.send(recorder)


def processes(work, main):
    context = multiprocessing.get_context("fork")
    workers = []
    for name, main_name in zip(TASKS, MAIN):
        piece(work, main, main_name)
        with Piece(main, "start", "start " + name) as starting:
            reader, writer = context.Pipe(duplex=False)
            process = context.Process(target=child, args=(work, name, now(), writer))
            process.start()
            writer.close()
            workers.append((reader, process))
            starting.called()
    piece(work, main, MAIN[3])
    records = []
    for name, (reader, process) in zip(TASKS, workers):
        length, data = reader.recv(), bytearray()
        with Piece(main, "move", "receive " + name) as moving:
            while len(data) < length:
                data += reader.recv_bytes()
                moving.tick()
            result = pickle.loads(data)
            moving.called()
        assert len(result) == work["kib"] * 1024
        records.append(reader.recv())
        process.join()
    piece(work, main, MAIN[4])
    return records


def add_switches(records, start, end, one_lock):
    """Where another worker goes on: on one CPU, or anywhere under the interpreter's lock."""
    slices = []
    for number, record in enumerate(records):
        for event in record.events:
            if start <= event["ts"] < end and event["cat"] != "way" and event["name"] != "begin":
                cpu = event["args"].get("cpu")
                lane = 0 if one_lock else cpu
                if lane is not None:
                    slices.append((lane, event["ts"], number, event["ts"] + event["dur"], cpu))
    slices.sort()
    for (lane, _, before, stop, _), (other, go, number, _, cpu) in zip(slices, slices[1:]):
        if lane == other and before != number and 0 <= go - stop <= GAP:
            records[number].note("switch", "switch", stop, go, cpu)


def cell(events, start, length):
    def shared(event):
        both = min(event["ts"] + event["dur"], start + length) - max(event["ts"], start)
        return max(both, 0.0)

    costs = [e for e in events if e["cat"] in ("start", "move") and shared(e) > 0]
    if costs:
        return {"start": "s", "move": ">"}[max(costs, key=shared)["cat"]]
    times = {}
    for event in events:
        if event["cat"] == "work":
            name = event["name"]
            letter = name[-1] if name[0] == "m" else name[0]
            letter = letter.lower() if name[-1] == "2" and name[0] != "m" else letter
            times[letter] = times.get(letter, 0.0) + shared(event)
    letter = max(times, key=times.get, default=" ")
    first, last = events[0]["ts"], max(e["ts"] + e["dur"] for e in events)
    if times.get(letter, 0.0) < length / 2 and first < start and last > start + length:
        return "."
    return letter if times.get(letter) else " "


def show(way, lanes, start, length, column):
    def total(cat):
        events = (e for _, events in lanes for e in events)
        return sum(e["dur"] for e in events if e["cat"] == cat and e["name"] != "begin") / 1000

    switches = sum(e["cat"] == "switch" for _, events in lanes for e in events)
    print(
        f"{way}: {length / 1000:.1f} ms; start {total('start'):.1f} ms,"
        f" move {total('move'):.1f} ms, switches: {switches}"
    )
    for worker, events in lanes:
        cells = (cell(events, start + n * column, column) for n in range(COLUMNS))
        print(f"{worker:>6} │{''.join(cells)}│")


def write(path, records, about):
    entries, known = [], set()
    for record in records:
        ids = {"ph": "M", "pid": record.pid, "tid": record.tid, "args": {"name": record.worker}}
        if record.pid not in known:
            entries.append({"name": "process_name", **ids})
        entries.append({"name": "thread_name", **ids})
        known.add(record.pid)
    for record in records:
        entries += record.events
    trace = {"traceEvents": entries, "displayTimeUnit": "ms", "otherData": about}
    beside = f"{path}.{os.getpid()}"
    try:
        with open(beside, "w", encoding="utf-8") as file:
            json.dump(trace, file, indent=2)
        os.replace(beside, path)
    except OSError as error:
        if os.path.exists(beside):
            os.remove(beside)
        raise SystemExit(f"can't write {path}: {error}") from error


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--length", type=int, default=10, help="of a piece, in ms")
    parser.add_argument("--kib", type=int, default=256, help="size of a result")
    parser.add_argument("--trace", metavar="FILE")
    options = parser.parse_args()
    if not (1 <= options.length <= 1000 and 0 <= options.kib <= 16384):
        parser.error("--length takes a number from 1 to 1000, --kib one from 0 to 16384")

    ways = {
        "one after another": one_after_another,
        "threads on one core": threads_on_one_core,
        "threads over the cores": threads,
        "processes over the cores": processes,
    }
    work = {"steps": steps_in(options.length), "kib": options.kib}
    recorder = Recorder("main")
    records, spans = [recorder], []
    for way, run in ways.items():
        start = now()
        records += run(work, recorder)
        end = now()
        add_switches(records, start, end, way.startswith("threads"))
        recorder.note("way", way, start, end)
        spans.append((way, start, end))

    column = max(end - start for _, start, end in spans) / COLUMNS
    print(f"A column is {column / 1000:.2f} ms. 1 to 4 and e: main; Aa, Bb, Cc: tasks;")
    print("s: start; >: move a result; .: in between, it does not run")
    for way, start, end in spans:
        lanes = []
        for record in records:
            within = [e for e in record.events if start <= e["ts"] < end and e["cat"] != "way"]
            if within:
                lanes.append((record.worker, sorted(within, key=lambda e: e["ts"])))
        lanes.sort(key=lambda lane: lane[0] if lane[0] != "main" else "")
        show(way, lanes, start, end - start, column)
    if options.trace:
        about = {"language": "python", "length": f"{options.length} ms"}
        write(options.trace, records, {**about, "result": f"{options.kib} KiB"})


if __name__ == "__main__":
    main()
