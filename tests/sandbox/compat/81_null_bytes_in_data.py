text = input()
print(len(text), repr(text), "x\0y")
