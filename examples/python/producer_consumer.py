"""A producer thread, a consumer process, and a queue between them."""

import logging
import multiprocessing
import sys
import threading
import time


def start_logging():
    logging.basicConfig(
        format="%(asctime)s:%(name)s:%(thread)d:%(levelname)s:%(process)d:%(message)s",
        level=logging.INFO,
        stream=sys.stdout,
    )


class Producer(threading.Thread):
    def __init__(self, items, queue):
        super().__init__()
        self.items = items
        self.queue = queue

    def run(self):
        log = logging.getLogger("producer")
        for item in range(1, self.items + 1):
            log.info("makes item %d", item)
            self.queue.put(f"item {item}")
            time.sleep(0.2)
        self.queue.put(None)  # a queue has no end of file: None stands for it
        log.info("stops")


class Consumer(multiprocessing.Process):
    def __init__(self, queue):
        super().__init__()
        self.queue = queue

    def run(self):
        start_logging()
        log = logging.getLogger("consumer")
        for item in iter(self.queue.get, None):
            log.info("takes %s", item)
        log.info("stops")


def main():
    queue = multiprocessing.Queue()
    consumer = Consumer(queue)
    consumer.start()  # the process first: forking beside a thread is not safe
    start_logging()
    producer = Producer(5, queue)
    producer.start()
    producer.join()
    consumer.join()
    log = logging.getLogger("main")
    log.info("the consumer has ended, exit status: %d", consumer.exitcode)


if __name__ == "__main__":
    main()
