import sqlite3

for where in (":memory:", "table.db"):
    base = sqlite3.connect(where)
    base.execute("create table squares (n integer primary key, square integer)")
    base.executemany("insert into squares values (?, ?)", [(n, n * n) for n in range(100)])
    base.commit()
    print(base.execute("select count(*), sum(square) from squares where n % 3 = 0").fetchone())
    base.close()
