def inner(values):
    return values["missing"] / 0


def outer():
    return inner({"present": 1})


outer()
