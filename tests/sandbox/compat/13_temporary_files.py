import os
import tempfile

with tempfile.NamedTemporaryFile("w+", suffix=".txt") as file:
    file.write("hello")
    file.seek(0)
    print(file.read(), os.path.exists(file.name))
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "x")
    open(path, "wb").close()
    print(os.listdir(folder))
print(os.path.exists(folder))
