import os

with open("data.txt", "w") as file:
    file.write("one\ntwo\n")
os.mkdir("folder")
os.rename("data.txt", "folder/data.txt")
with open("folder/data.txt") as file:
    print(file.readlines())
print(sorted(name for name in os.listdir() if name != "main.py"))
os.remove("folder/data.txt")
os.rmdir("folder")
print(os.path.exists("folder"))
