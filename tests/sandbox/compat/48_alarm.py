import signal
import time


class TooLong(Exception):
    pass


def ring(number, frame):
    raise TooLong(signal.Signals(number).name)


signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.05)
try:
    while True:
        time.sleep(0.01)
except TooLong as error:
    print("stopped by", error)
signal.alarm(0)
