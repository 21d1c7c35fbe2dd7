"""Primes below a limit, scattered over the ranks and reduced: mpirun -n 4 python3 primes.py"""

import sys

from mpi4py import MPI


def is_prime(n):
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))


def primes_in(numbers):
    return sum(map(is_prime, numbers))


limit = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
world = MPI.COMM_WORLD
rank, ranks = world.Get_rank(), world.Get_size()

ranges = None
if rank == 0:
    bounds = [limit * i // ranks for i in range(ranks + 1)]
    ranges = [range(*ends) for ends in zip(bounds, bounds[1:])]
mine = world.scatter(ranges, root=0)

primes = primes_in(mine)
print(f"rank {rank}: {primes} primes in [{mine.start}, {mine.stop}]")

total = world.reduce(primes, op=MPI.SUM, root=0)
if rank == 0:
    print(f"{total} primes below {limit}")
