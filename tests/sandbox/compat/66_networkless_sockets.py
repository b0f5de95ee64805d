import select
import socket

left, right = socket.socketpair()
left.sendall(b"ping")
print(right.recv(4), select.select([left], [], [], 0)[0])
left.close()
right.close()
