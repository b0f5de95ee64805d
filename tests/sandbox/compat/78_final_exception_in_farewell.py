import atexit


@atexit.register
def broken():
    raise RuntimeError("in the farewell")


print("main")
