try:
    block = bytearray(10**13)
except MemoryError:
    print("too large")
print(len("x" * 10**6))
