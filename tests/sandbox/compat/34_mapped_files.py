import mmap

with open("map.bin", "wb") as file:
    file.write(bytes(range(256)) * 16)
with open("map.bin", "r+b") as file, mmap.mmap(file.fileno(), 0) as view:
    view[:3] = b"abc"
    print(view.find(b"\x07"), len(view))
with open("map.bin", "rb") as file:
    print(file.read(4))
