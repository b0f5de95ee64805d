class OwnError(Exception):
    """One of the program's own."""


def solve():
    try:
        return int("not a number")
    except ValueError as error:
        raise OwnError("could not\nread") from error


print("start")
solve()
