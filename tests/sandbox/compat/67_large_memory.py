block = bytearray(200_000_000)
numbers = list(range(2_000_000))
print(len(block), sum(numbers))
