import inspect


def double(x):
    """Twice x."""
    return 2 * x


print(inspect.getsource(double))
print(inspect.signature(double), double.__doc__, inspect.getfile(double).endswith("main.py"))
