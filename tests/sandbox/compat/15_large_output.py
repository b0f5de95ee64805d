import sys

for number in range(90_000):
    print(f"{number:09d}")
sys.stdout.write("end")
