import sys

try:
    sys.exit(4)
except SystemExit as error:
    print("caught", error.code)
finally:
    print("finally")
raise SystemExit(True)
