def f():
    raise ExceptionGroup("several", [ValueError("a"), TypeError("b")])


try:
    f()
except* ValueError as group:
    print("values", group.exceptions)
except* TypeError as group:
    print("types", group.exceptions)
match (1, [2, 3]):
    case (int(a), [b, *rest]):
        print(a, b, rest)
print(f"{3.14159:.2f} {255:#x} {'x':>3} {1_000_000:,}")
