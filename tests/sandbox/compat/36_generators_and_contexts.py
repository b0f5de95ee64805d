import contextlib
import io


@contextlib.contextmanager
def tag(name):
    print("<" + name + ">")
    try:
        yield name.upper()
    finally:
        print("</" + name + ">")


def count():
    received = yield 1
    print("got", received)
    yield from range(2)


with tag("b") as upper, contextlib.suppress(ValueError):
    print(upper)
    raise ValueError
steps = count()
print(next(steps), steps.send("x"), list(steps))
with contextlib.redirect_stdout(io.StringIO()) as caught:
    print("caught")
print(repr(caught.getvalue()))
