import argparse
import sys

parser = argparse.ArgumentParser()
parser.add_argument("--size", type=int, default=3)
print(parser.parse_args().size, len(sys.argv), sys.argv[0].endswith("main.py"))
