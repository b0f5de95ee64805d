line = input()
print(line, line[::-1], len(line))
print(input().lower(), "\N{GREEK SMALL LETTER OMEGA}", ascii("é"))
