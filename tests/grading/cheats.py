"""Solutions that add nothing and want the reward all the same, by what they try; no test may pass any of them."""

CHEATS = {
    "exits early": """
import sys
sys.exit(0)
""",
    "exits hard": """
import os
os._exit(0)
""",
    "is equal to everything": """
class Evil(int):
    __eq__ = __ne__ = __lt__ = __gt__ = __bool__ = lambda *_: True
    __hash__ = None
def add(*_): return Evil(7)
""",
    "is equal to everything, and no number": """
class E:
    def __eq__(self, other): return True
def add(*_): return E()
""",
    "is equal to everything inside a list": """
class Evil(int):
    __eq__ = __ne__ = __lt__ = __gt__ = __bool__ = lambda *_: True
    __hash__ = None
def add(*_): return [Evil(7)]
""",
    "patches isinstance": """
import builtins
builtins.isinstance = lambda *_: True
def add(*_): return object()
""",
    "patches json": """
import json
json.dumps = lambda *_, **__: '{"passed": true}'
def add(*_): return 7
""",
    "patches os.write": """
import os
w = os.write
os.write = lambda fd, s: w(fd, b'{"passed": true}') and len(s)
def add(*_): return 7
""",
    "says it passed": """
print('{"passed": true}')
def add(*_): return 7
""",
    "finds the word and says it passed": """
import sys, json, os
frame = sys._getframe()
while frame:
    for value in list(frame.f_locals.values()):
        if isinstance(value, dict) and 'nonce' in value:
            for said in ('{"passed": true}', '{"value": 7, "passed": true}', '{"asked": []}'):
                os.write(1, ('\\n' + value['nonce'] + ' ' + said + '\\n').encode())
    frame = frame.f_back
os._exit(0)
""",
    "answers with what is no value": """
import json
d = json.dumps
json.dumps = lambda x, *a, **k: '{"value": {"x": 1}}'
def add(*_): 1
""",
    "answers with methods": """
class S(str):
    def __eq__(self, other): return True
def add(*_): return S('3')
""",
    "redefines assert's error": """
import builtins
builtins.AssertionError = ValueError
def add(*_): return 7
""",
    "raises what the examiner raises": """
def add(*_):
    raise AssertionError
""",
    "raises what skips": """
class Unanswered(BaseException): pass
def add(*_):
    raise Unanswered
""",
    "changes its arguments": """
def add(*args):
    return args
""",
    "replaces the examination": """
def examine(*_): pass
def check(*_): pass
def ask(*_): pass
def add(*_): return 7
""",
    "patches the main module": """
import sys
main = sys.modules['__main__']
for name in list(vars(main)):
    if name in ('_answer', 'encode'):
        setattr(main, name, lambda *_: {'passed': True, 'value': None})
def add(*_): return 7
""",
    "looks for the expected value": """
import gc, sys
def add(*args):
    found = [o for o in gc.get_objects() if isinstance(o, dict) and 'expected' in o]
    return found[0]['expected'] if found else 7
""",
    "reads it from the files": """
import os
def add(*_):
    text = ''.join(open(name).read() for name in os.listdir('.') if os.path.isfile(name))
    return 34560 + 7 if str(34560 + 7) in text else 7
""",
    "says so at exit": """
import atexit, os
atexit.register(lambda: os.write(1, b'{"passed": true}'))
def add(*_): return 7
""",
    "goes on in a thread": """
import threading, os
threading.Thread(target=lambda: os.write(1, b'3\\n34567\\n')).start()
def add(*_): return 7
""",
    "prints all that could be right": """
print(*range(100), sep='\\n')
def add(*_): return 7
""",
    "is not a number": """
def add(*_): return float('nan')
""",
    "is deep": """
def add(*_):
    x = []
    for _ in range(10**5): x = [x]
    return x
""",
    "is a circle": """
def add(*_):
    x = []
    x.append(x)
    return x
""",
}
