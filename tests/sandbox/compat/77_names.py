import getpass
import platform
import socket
import time

print(bool(platform.system()), len(socket.gethostname()) > 0, time.daylight in (0, 1))
print(len(platform.python_version()) > 4, isinstance(getpass.__name__, str))
