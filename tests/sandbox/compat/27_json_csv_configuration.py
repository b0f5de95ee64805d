import configparser
import csv
import io
import json

text = json.dumps({"b": [1, 2.5, None, True], "a": "é"}, sort_keys=True, indent=1)
print(text, json.loads(text)["a"])
buffer = io.StringIO()
csv.writer(buffer).writerows([[1, "a,b"], [2, 'quote"d']])
print(list(csv.reader(io.StringIO(buffer.getvalue()))))
parser = configparser.ConfigParser()
parser.read_string("[s]\nk = v\n")
print(parser["s"]["k"])
