import gc
import sys
import weakref


class Cell:
    pass


a, b = Cell(), Cell()
a.other, b.other = b, a
watch = weakref.ref(a)
del a, b
gc.collect()
print(watch() is None, gc.isenabled(), gc.get_threshold()[0] > 0, sys.getrefcount([]) > 0)
