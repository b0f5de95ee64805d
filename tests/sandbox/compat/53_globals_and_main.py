import sys

value = 1
exec("value = value + 1")
print(value, globals()["value"], sys.modules["__main__"].value, eval("value * 10"), "__builtins__" in globals())
print(sorted(name for name in globals() if name.startswith("__") and name not in ("__builtins__",)))
