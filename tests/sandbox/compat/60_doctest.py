import doctest


def half(n):
    """Half of n.

    >>> half(4)
    2
    >>> half(5)
    2
    """
    return n // 2


print(doctest.testmod())
