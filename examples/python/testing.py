"""Why a harness doesn't see that a child fails: four tests under three harnesses."""

import os
import signal
import threading
import time
import unittest
import warnings

# What two tests use.
LOCK = threading.Lock()
HAS_FORKED = threading.Event()


def forked(work):
    """Wrong: an exception leaves it, in the child as well."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    return child


def end_of(child):
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise RuntimeError("the child hung")


def fail():
    raise AssertionError("1 + 1 is not 3")


def take_the_lock():
    with LOCK:
        pass


class Tests(unittest.TestCase):
    def test_1_holds_the_list(self):
        with LOCK:
            HAS_FORKED.wait(0.3)

    def test_2_its_child_needs_the_list(self):
        deadline = time.monotonic() + 0.3
        while not LOCK.locked() and time.monotonic() < deadline:
            time.sleep(0.001)
        child = forked(take_the_lock)
        HAS_FORKED.set()
        end_of(child)

    def test_3_its_child_fails(self):
        end_of(forked(fail))

    def test_4_its_child_fails_and_is_asked(self):
        code = end_of(forked(fail))
        if code != 0:
            raise RuntimeError(f"the child's exit code is {code}")


NAMES = unittest.TestLoader().getTestCaseNames(Tests)
HARNESS = None  # the process that has begun the tests


def tell(name, wrong):
    verdict = f"FAILED: {wrong}" if wrong else "ok"
    copy = "" if os.getpid() == HARNESS else " (a copy tells)"
    print(f"  {name[len('test_1_'):]} ... {verdict}{copy}", flush=True)
    return bool(wrong)


class Told(unittest.TestResult):
    def addSuccess(self, test):
        tell(test.id().split(".")[-1], None)

    def addError(self, test, error):
        super().addError(test, error)
        tell(test.id().split(".")[-1], error[1])

    addFailure = addError


def a_thread_a_test():
    wrong = {}

    def run(name):
        try:
            Tests(name).debug()
        except Exception as error:
            wrong[name] = error

    threads = [threading.Thread(target=run, args=[name]) for name in NAMES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(tell(name, wrong.get(name)) for name in NAMES)


def one_after_the_other():
    result = Told()
    unittest.TestSuite(Tests(name) for name in NAMES).run(result)
    return len(result.errors)


def a_process_a_test():
    def run(name):
        try:
            Tests(name).debug()
            os._exit(0)
        except RuntimeError as error:
            print(f"  {error}", flush=True)
            os._exit(1)
        finally:
            os._exit(101)

    def has_failed(name):
        child = os.fork()
        if child == 0:
            run(name)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return tell(name, f"exit status: {code}" if code else None)

    return sum(has_failed(name) for name in NAMES)


def show(title, harness):
    global HARNESS
    print(f"{title}:", flush=True)
    child = os.fork()
    if child == 0:
        HARNESS = os.getpid()
        failed = harness()
        if os.getpid() == HARNESS:
            print(f"  {failed} of {len(NAMES)} failed", flush=True)
        os._exit(1 if failed else 0)
    os.waitpid(child, 0)


if __name__ == "__main__":
    # Since Python 3.12 it warns of a fork beside threads, which is what we want to see.
    warnings.simplefilter("ignore", DeprecationWarning)
    show("a thread a test", a_thread_a_test)
    show("one after the other", one_after_the_other)
    show("a process a test", a_process_a_test)
