import atexit
import weakref


class Thing:
    pass


atexit.register(print, "second")
atexit.register(print, "first")
thing = Thing()
weakref.finalize(thing, print, "finalized")
print("main")
