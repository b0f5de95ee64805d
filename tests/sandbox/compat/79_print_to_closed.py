import sys

print("first")
sys.stdout.flush()
sys.stdout.close()
