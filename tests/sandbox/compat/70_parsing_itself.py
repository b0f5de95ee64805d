import ast
import dis
import tokenize
import traceback

tree = ast.parse("a = 1 + 2")
print(ast.dump(tree.body[0].value), eval(compile("1 + 2", "<own>", "eval")))
print(len(list(tokenize.generate_tokens(iter(["a = 1\n", ""]).__next__))) > 3)
try:
    print(1 / 0)
except ZeroDivisionError:
    print(traceback.format_exc().splitlines()[-1], dis.opname[1] != "")
