import os
import signal

signal.signal(signal.SIGUSR1, lambda number, frame: print("got", number == signal.SIGUSR1))
os.kill(os.getpid(), signal.SIGUSR1)
signal.raise_signal(signal.SIGUSR1)
print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
