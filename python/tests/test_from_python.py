"""What the module promises to Python. `.ci/python` runs it."""

import array
import contextlib
import io
import os
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

import from_python
import rust_primes

try:
    import numpy
except ImportError:
    if "CI" in os.environ:
        raise
    numpy = None

PRIMES_BELOW_1000 = 168


def numbers(limit=1000):
    return array.array("q", range(limit))


class Counting(unittest.TestCase):
    def test_it_is_what_python_counts(self):
        for limit in (0, 1, 2, 3, 100, 1000):
            expected = sum(map(from_python.is_prime, range(limit)))
            self.assertEqual(rust_primes.count(numbers(limit)), expected)
        self.assertEqual(rust_primes.count(array.array("q", [-7, -1, 2**31 - 1])), 1)

    def test_a_view_is_counted_where_it_lies(self):
        few = memoryview(numbers(10_000))[:1000]
        self.assertEqual(rust_primes.count(few), PRIMES_BELOW_1000)
        self.assertEqual(rust_primes.count(few.toreadonly()), PRIMES_BELOW_1000)

    def test_what_is_no_row_of_such_numbers_is_refused(self):
        every_other = memoryview(numbers())[::2]
        for wrong in (array.array("d", [2.0]), b"2", every_other):
            with self.assertRaises(BufferError):
                rust_primes.count(wrong)
        for wrong in ([2, 3], 7, None):
            with self.assertRaises(TypeError):
                rust_primes.count(wrong)

    @unittest.skipUnless(numpy, "NumPy is not installed")
    def test_an_array_of_numpy_is_a_buffer_as_well(self):
        self.assertEqual(rust_primes.count(numpy.arange(1000)), PRIMES_BELOW_1000)
        marks = numpy.zeros(1000, dtype=numpy.uint8)
        rust_primes.mark(numpy.arange(1000), marks)
        self.assertEqual(marks.sum(), PRIMES_BELOW_1000)
        with self.assertRaises(BufferError):
            rust_primes.count(numpy.arange(1000)[::2])


class Marking(unittest.TestCase):
    def test_the_marks_stand_in_pythons_memory(self):
        marks = bytearray(b"\7" * 1000)
        rust_primes.mark(numbers(), marks)
        self.assertEqual([n for n in range(1000) if marks[n]],
                         [n for n in range(1000) if from_python.is_prime(n)])
        self.assertLessEqual(max(marks), 1)

    def test_there_is_a_mark_for_each_number_and_it_can_be_written(self):
        with self.assertRaises(ValueError):
            rust_primes.mark(numbers(), bytearray(999))
        with self.assertRaises(ValueError):
            rust_primes.mark(numbers(), bytearray())
        self.assertIsNone(rust_primes.mark(numbers(0), bytearray()))
        with self.assertRaises(BufferError):
            rust_primes.mark(numbers(), bytes(1000))

    def test_lent_memory_stays_where_it_is(self):
        """An array that Rust reads can't grow, and so it isn't moved."""
        large, refused, done = numbers(1_000_000), [], threading.Event()

        def grow():
            while not done.is_set() and not refused:
                try:
                    large.append(0)
                    large.pop()
                except BufferError:
                    refused.append(True)

        thread = threading.Thread(target=grow)
        thread.start()
        for _ in range(100):
            rust_primes.count(large)
            if refused:
                break
        done.set()
        thread.join()
        self.assertTrue(refused)


class Lock(unittest.TestCase):
    def setUp(self):
        interval = sys.getswitchinterval()
        self.addCleanup(sys.setswitchinterval, interval)
        sys.setswitchinterval(1_000)

    def test_another_thread_has_a_turn_while_rust_counts(self):
        large = numbers(1_000_000)
        self.assertTrue(from_python.has_a_turn_while(lambda: rust_primes.count(large)))

    @unittest.skipUnless(getattr(sys, "_is_gil_enabled", lambda: True)(), "there is no lock")
    def test_it_has_none_while_python_adds(self):
        large = numbers(1_000_000)
        self.assertFalse(from_python.has_a_turn_while(lambda: sum(large)))

    def test_several_threads_count_at_once(self):
        results = []
        threads = [
            threading.Thread(target=lambda: results.append(rust_primes.count(numbers())))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(results, [PRIMES_BELOW_1000] * 8)


class Processes(unittest.TestCase):
    def setUp(self):
        rust_primes.count(numbers())

    @unittest.skipUnless(hasattr(os, "fork"), "there is no fork")
    def test_a_fork_is_refused_or_hangs(self):
        answer = from_python.ask_child("fork", numbers())
        self.assertIn("have stayed in the parent", answer)
        answer = from_python.ask_child("fork", numbers(), check=False, seconds=1)
        self.assertEqual(answer, "no answer in 1 s")

    @unittest.skipUnless(hasattr(os, "fork"), "there is no fork")
    def test_a_fork_before_the_first_call_is_fine(self):
        program = (
            "import array, os, rust_primes\n"
            "child = os.fork()\n"
            "count = rust_primes.count(array.array('q', range(1000)))\n"
            "if child == 0: os._exit(count)\n"
            "assert count == 168 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])\n"
        )
        self.assertEqual(os.spawnl(os.P_WAIT, sys.executable, sys.executable, "-c", program), 0)

    def test_a_child_that_fails_is_told(self):
        answer = from_python.ask_child("spawn", numbers(), check="no bool")
        self.assertEqual(answer, "it has ended without an answer")

    @unittest.skipUnless(hasattr(os, "fork"), "there is no fork")
    def test_a_pool_before_the_first_call_is_fine(self):
        program = (
            "import array, multiprocessing, rust_primes\n"
            "numbers = [array.array('q', range(1000))] * 4\n"
            "with multiprocessing.get_context('fork').Pool(2) as pool:\n"
            "    counts = [rust_primes.count(numbers[0])] + pool.map(rust_primes.count, numbers)\n"
            "assert counts == [168] * 5\n"
        )
        self.assertEqual(os.spawnl(os.P_WAIT, sys.executable, sys.executable, "-c", program), 0)

    def test_a_new_interpreter_has_threads_of_its_own(self):
        methods = ("forkserver", "spawn") if hasattr(os, "fork") else ("spawn",)
        for method in methods:
            self.assertEqual(from_python.ask_child(method, numbers()), "168 primes")


class Program(unittest.TestCase):
    def test_a_bad_argument_is_named(self):
        for limit in ("ten", "10", "100000000"):
            sys.argv = ["from_python.py", "--limit", limit]
            error = io.StringIO()
            with contextlib.redirect_stderr(error), self.assertRaises(SystemExit) as ended:
                from_python.main()
            self.assertEqual(ended.exception.code, 2)
            self.assertIn("--limit", error.getvalue())


if __name__ == "__main__":
    unittest.main()
