"""Every rank says who it is and where: mpirun -n 4 python3 hello.py"""

from mpi4py import MPI

world = MPI.COMM_WORLD
host = MPI.Get_processor_name()
print(f"rank {world.Get_rank()} of {world.Get_size()} on host {host}")
