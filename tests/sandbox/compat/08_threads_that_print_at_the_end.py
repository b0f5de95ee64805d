import threading
import time


def work(number):
    time.sleep(0.15 * number)
    print("thread", number)


for number in range(1, 4):
    threading.Thread(target=work, args=(number,)).start()
print("main is done")
