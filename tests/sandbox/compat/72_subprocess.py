import subprocess
import sys

print(subprocess.run([sys.executable, "-c", "print(1 + 1)"], capture_output=True, text=True, check=True).stdout)
