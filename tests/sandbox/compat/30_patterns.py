import re
import string
import textwrap

pattern = re.compile(r"(?P<word>\w+)@(?P<host>[\w.]+)")
match = pattern.search("write to joe@example.org!")
print(match.groupdict(), re.sub(r"\d+", lambda m: str(int(m[0]) * 2), "a1b22"), re.split(r"[,;]\s*", "a, b;c"))
print(textwrap.fill("many words in a row", 10), string.Template("$a!").substitute(a=1))
