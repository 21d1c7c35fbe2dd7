"""Many independent jobs: each does its share, and a merge checks that all are there."""

import argparse
import itertools
import os
import pathlib
import sys

LIMIT = 1_000_000


def is_prime(n):
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))


def share_of(index, count):
    return range(LIMIT * index // count, LIMIT * (index + 1) // count)


def number(name):
    text = os.environ.get(name)
    return None if text is None else int(text)


def from_environment():
    """Index and count from whoever started this job, as far as it tells them."""
    if (task := number("SLURM_ARRAY_TASK_ID")) is not None:
        first = number("SLURM_ARRAY_TASK_MIN") or 0
        step = number("SLURM_ARRAY_TASK_STEP") or 1
        return (task - first) // step, number("SLURM_ARRAY_TASK_COUNT")
    if (index := number("JOB_COMPLETION_INDEX")) is not None:
        return index, None
    sequence = number("PARALLEL_SEQ")
    return (None if sequence is None else sequence - 1), None


def create_beside(folder, name):
    """A new file that no other job has, in this pod, on this machine or on another."""
    for number in itertools.count():
        try:
            return open(folder / f".{name}.{number}", "x")
        except FileExistsError:
            pass


def write(folder, index, count, primes):
    """Whoever reads the folder finds the whole file or none."""
    share = share_of(index, count)
    name = f"share-{index}-of-{count}"
    folder.mkdir(parents=True, exist_ok=True)
    with create_beside(folder, name) as beside:
        beside.write(f"{index} {count} {share.start} {share.stop} {primes}\n")
    os.rename(beside.name, folder / name)


def merge(folder):
    shares = {}
    counts = set()
    for path in folder.glob("share-*"):
        index, count, start, stop, primes = map(int, path.read_text().split())
        counts.add(count)
        if len(counts) > 1:
            sys.exit(f"{path.name}: the others are shares of another count")
        if share_of(index, count) != range(start, stop):
            sys.exit(f"{path.name}: another range")
        if index in shares:
            sys.exit(f"{path.name}: share {index} is there twice")
        shares[index] = primes
    missing = sorted(set(range(max(counts, default=1))) - shares.keys())
    if missing:
        sys.exit(f"missing shares: {missing}")
    print(f"{sum(shares.values())} primes below {LIMIT}")


parser = argparse.ArgumentParser()
parser.add_argument("--index", type=int)
parser.add_argument("--count", type=int)
parser.add_argument("--shares", type=pathlib.Path)
parser.add_argument("merge", nargs="*", metavar="merge DIR")
options = parser.parse_args(sys.argv[1:])

if options.merge:
    merge(pathlib.Path(options.merge[1]))
else:
    index, count = from_environment()
    index = index if options.index is None else options.index
    count = count if options.count is None else options.count
    if index is None:
        index, count = 0, count or 1
    if count is None or not 0 <= index < count:
        parser.error(f"there is no share {index} of {count}")
    share = share_of(index, count)
    primes = sum(map(is_prime, share))
    if options.shares:
        write(options.shares, index, count, primes)
    print(f"share {index} of {count}: {primes} primes in {share.start}..{share.stop}")
