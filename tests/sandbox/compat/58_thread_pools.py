from concurrent.futures import ThreadPoolExecutor, as_completed
from queue import Queue
from threading import Lock

lock, total = Lock(), 0


def add(n):
    global total
    with lock:
        total += n
    return n * n


with ThreadPoolExecutor(8) as pool:
    print(sum(pool.map(add, range(100))), sorted(f.result() for f in as_completed([pool.submit(add, 3)])))
queue = Queue()
queue.put(1)
print(total, queue.get(timeout=1))
