import os
import sys

print(os.environ.get("NO_SUCH_VARIABLE"), "PATH" in os.environ or "no path", os.name, os.sep, sys.platform)
print(os.getcwd() == os.path.abspath("."), os.getpid() > 0, sys.byteorder, sys.version_info[:2] >= (3, 11))
os.environ["MINE"] = "1"
print(os.environ["MINE"], os.path.basename(__file__), os.cpu_count() > 0)
