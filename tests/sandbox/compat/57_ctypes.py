import ctypes

libc = ctypes.CDLL(None)
print(libc.abs(-5), ctypes.sizeof(ctypes.c_long), libc.strlen(b"hello"))
numbers = (ctypes.c_int * 4)(4, 2, 3, 1)
compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
libc.qsort(numbers, 4, 4, compare(lambda a, b: a[0] - b[0]))
print(list(numbers))
