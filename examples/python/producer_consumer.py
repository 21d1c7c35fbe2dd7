"""A producer thread, a consumer process, a queue between them, two stop events."""

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
        self.stop_event = threading.Event()

    def stop(self):
        self.stop_event.set()

    def run(self):
        log = logging.getLogger("producer")
        for item in range(1, self.items + 1):
            if self.stop_event.is_set():
                break
            log.info("makes item %d", item)
            self.queue.put(f"item {item}")
            time.sleep(0.2)
        self.queue.put(None)  # a queue has no end of file: None stands for it
        log.info("stops")


class Consumer(multiprocessing.Process):
    def __init__(self, queue):
        super().__init__()
        self.queue = queue
        self.stop_event = multiprocessing.Event()

    def stop(self):
        self.stop_event.set()

    def run(self):
        start_logging()
        log = logging.getLogger("consumer")
        try:
            for item in iter(self.queue.get, None):
                if self.stop_event.is_set():
                    break
                log.info("takes %s", item)
        except KeyboardInterrupt:
            pass
        log.info("stops")


def main():
    queue = multiprocessing.Queue()
    consumer = Consumer(queue)
    consumer.start()  # the process first: forking beside a thread is not safe
    start_logging()
    producer = Producer(5, queue)
    producer.start()
    try:
        producer.join()
    except KeyboardInterrupt:
        producer.stop()
        consumer.stop()
        producer.join()
    consumer.join()
    log = logging.getLogger("main")
    log.info("the consumer has ended, exit status: %d", consumer.exitcode)


if __name__ == "__main__":
    main()
