"""Work that waits, without threads: tasks that take turns on the one thread there is."""

import asyncio
import time

REQUESTS = 20
BOUND = 5
DELAY = 0.05
LIMIT = 5


async def ask(server, question):
    reader, writer = await asyncio.open_connection(*server)
    try:
        writer.write(f"{question}\n".encode())
        await writer.drain()
        answer = await reader.readline()
    finally:
        writer.close()
    if not answer.endswith(b"\n"):
        raise EOFError("the server closed the connection without an answer")
    return answer.decode().strip()


async def square(server, number):
    return int(await asyncio.wait_for(ask(server, number), LIMIT))


async def answer(reader, writer):
    question = (await reader.readline()).strip()
    if question.isdigit():
        await asyncio.sleep(DELAY)
        writer.write(b"%d\n" % int(question) ** 2)
        await writer.drain()
    else:
        await reader.read(1)
    writer.close()


async def report(name, task):
    start = time.monotonic()
    total = sum(await asyncio.gather(*map(task, range(REQUESTS))))
    duration = (time.monotonic() - start) * 1000
    print(f"{name}: the sum is {total}, after {duration:.0f} ms", flush=True)


async def compare(server):
    permits = asyncio.Semaphore(BOUND)

    async def bounded(number):
        async with permits:
            return await square(server, number)

    async def blocking(number):
        time.sleep(DELAY)  # wrong: nothing else runs on this thread meanwhile
        return await square(server, number)

    print(f"{REQUESTS} requests, each waits {DELAY * 1000:.0f} ms for its answer")
    await report("a task for each", lambda number: square(server, number))
    await report(f"at most {BOUND} at a time", bounded)
    await report(f"{REQUESTS} tasks that block", blocking)


async def main():
    async with await asyncio.start_server(answer, "127.0.0.1", 0, backlog=4096) as server:
        await compare(server.sockets[0].getsockname())


if __name__ == "__main__":
    asyncio.run(main())
