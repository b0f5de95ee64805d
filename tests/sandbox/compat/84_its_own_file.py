with open(__file__) as file:
    print(file.readline())
