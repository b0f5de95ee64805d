import os
import sys

print("flushed", flush=True)
sys.stdout.write("lost")
os._exit(7)
