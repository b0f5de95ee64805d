def solve(text):
    if text:
        print("yes")
        exit()
    print("no")
    quit(2)


solve("x")
