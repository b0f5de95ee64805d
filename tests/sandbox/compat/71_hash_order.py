words = {"apple", "pear", "plum"}
print(sorted(words), hash(12), hash((1, 2)), len({hash(word) for word in words}))
