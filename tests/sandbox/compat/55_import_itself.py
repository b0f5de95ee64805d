import sys

if __name__ == "__main__":
    import main

    print(main.VALUE, main is not sys.modules["__main__"])
VALUE = __name__
