"""Tasks over the sqlite server."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from gem.envs.mcp_tasks.task import CITIES, PEOPLE, PRODUCTS, Call, Instance, Level, Task, mixed, number, pick, some
from gem.mcp.servers import Database

LIST_TABLES = Call("list_tables", {})


def mend_totals(rng: np.random.Generator, level: Level) -> Instance:
    """Set the totals of orders that are not the sum of their items."""
    hard = level == "hard"
    orders: list[list[Any]] = []
    items: list[tuple[Any, ...]] = []
    right: list[list[Any]] = []
    for order_id in range(1, (30 if hard else 12) + 1):
        state = "cancelled" if hard and number(rng, 1, 5) == 1 else "open"
        bought = [
            (product, number(rng, 1, 9), number(rng, 2, 50)) for product in some(rng, PRODUCTS, number(rng, 1, 3))
        ]
        items += [(len(items) + index, order_id, *one) for index, one in enumerate(bought, 1)]
        total = 0 if state == "cancelled" else sum(quantity * price for _, quantity, price in bought)
        wrong = order_id == 2 or number(rng, 1, 4) == 1
        found = total + number(rng, 1, 40) if wrong else total
        person = pick(rng, PEOPLE)
        orders.append([order_id, person, state, found])
        right.append([order_id, person, state, total])
    tables = "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, state TEXT, total INTEGER);"
    tables += (
        "CREATE TABLE items (id INTEGER PRIMARY KEY, order_id INTEGER, product TEXT, quantity INTEGER, price INTEGER);"
    )
    tables += _inserts("items", items)
    text = "In this database the total of an order is to be the sum of quantity times price over its items"
    text += ", but 0 for orders that are cancelled" if hard else ""
    text += ". Some totals are wrong. Set these right, and change nothing else."
    should = "(SELECT sum(quantity * price) FROM items WHERE order_id = orders.id)"
    if hard:
        should = f"CASE state WHEN 'cancelled' THEN 0 ELSE {should} END"
    plan = [
        LIST_TABLES,
        Call("describe_table", {"table": "orders"}),
        Call("describe_table", {"table": "items"}),
        Call("execute", {"sql": f"UPDATE orders SET total = {should} WHERE total != {should}"}),
    ]
    begin, goal = (Database.made_by(tables + _inserts("orders", rows)) for rows in (orders, right))
    return Instance(text, begin, goal, plan)


def make_sums(rng: np.random.Generator, level: Level) -> Instance:
    """Add a table that sums up another one."""
    hard = level == "hard"
    year, cities = number(rng, 2021, 2025), some(rng, CITIES, 7 if hard else 4)
    sales: list[tuple[Any, ...]] = []
    units: defaultdict[str, int] = defaultdict(int)
    revenue: defaultdict[str, int] = defaultdict(int)
    for sale_id in range(1, (60 if hard else 15) + 1):
        city, product = cities[sale_id % len(cities)], pick(rng, PRODUCTS)
        sold, price = number(rng, 1, 20), number(rng, 2, 30)
        when = number(rng, year - 1, year + 1) if hard and sale_id > 1 else year
        sales.append((sale_id, f"{when}-{number(rng, 1, 12):02}-{number(rng, 1, 28):02}", city, product, sold, price))
        if when == year:
            units[city] += sold
            revenue[city] += sold * price
    tables = (
        "CREATE TABLE sales (id INTEGER PRIMARY KEY, day TEXT, city TEXT, product TEXT, units INTEGER, price INTEGER);"
        + _inserts("sales", mixed(rng, sales))
    )
    create = "CREATE TABLE city_totals (city TEXT, units INTEGER, revenue INTEGER)"
    of_year, where = (f" in {year}", f" WHERE day LIKE '{year}-%'") if hard else ("", "")
    text = (
        "Add to this database a table city_totals with the columns city (TEXT), units (INTEGER) and revenue (INTEGER). "
        f"It holds a row for each city that sold anything{of_year} according to the table sales: the units that it "
        f"sold{of_year}, and what they brought, units times price. Change nothing else."
    )
    chosen = f"SELECT city, sum(units), sum(units * price) FROM sales{where} GROUP BY city"
    plan = [
        LIST_TABLES,
        Call("describe_table", {"table": "sales"}),
        Call("execute", {"sql": f"{create}; INSERT INTO city_totals {chosen};"}),
    ]
    sums = _inserts("city_totals", [(city, units[city], revenue[city]) for city in units])
    return Instance(text, Database.made_by(tables), Database.made_by(f"{tables}{create};{sums}"), plan)


def part_in_two(rng: np.random.Generator, level: Level) -> Instance:
    """Give a column's texts a table of their own, and refer to it."""
    hard = level == "hard"
    names = some(rng, ("Archive", "Bakery", "Cellar", "Garden", "Harbour", "Kitchen", "Library"), 6 if hard else 3)
    staff: list[tuple[int, str, str | None, int]] = []
    for index, staff_id in enumerate(some(rng, range(1, 90), 18 if hard else 8)):
        department = names[index] if index < len(names) else pick(rng, (*names, None) if hard else names)
        staff.append((staff_id, PEOPLE[index], department, number(rng, 20, 60) * 100))
    begin = "CREATE TABLE staff (id INTEGER PRIMARY KEY, name TEXT, department TEXT, salary INTEGER);"
    number_of: dict[str | None, int] = {name: index for index, name in enumerate(sorted(names), 1)}
    create = "CREATE TABLE departments (id INTEGER PRIMARY KEY, name TEXT)"
    goal = (
        f"{create};{_inserts('departments', [(index, name) for name, index in number_of.items()])}"
        "CREATE TABLE staff (id INTEGER PRIMARY KEY, name TEXT, department_id INTEGER, salary INTEGER);"
        + _inserts("staff", [(one[0], one[1], number_of.get(one[2]), one[3]) for one in staff])
    )
    text = (
        "Change the schema of this database: add a table departments with the columns id (INTEGER) and name (TEXT), "
        "which holds each department of the table staff once, numbered from 1 in alphabetical order. In staff put a "
        "column department_id (INTEGER) in the place of the column department, with the number of the department. "
        "Everything else in staff stays."
    )
    text += " Who has no department (NULL) has none afterwards." if hard else ""
    steps = (
        create,
        "INSERT INTO departments (name) SELECT DISTINCT department FROM staff WHERE department NOT NULL ORDER BY 1",
        "ALTER TABLE staff ADD COLUMN department_id INTEGER",
        "UPDATE staff SET department_id = (SELECT id FROM departments WHERE name = staff.department)",
        "ALTER TABLE staff DROP COLUMN department",
    )
    plan = [LIST_TABLES, Call("describe_table", {"table": "staff"}), Call("execute", {"sql": "; ".join(steps)})]
    return Instance(text, Database.made_by(begin + _inserts("staff", mixed(rng, staff))), Database.made_by(goal), plan)


def merge_duplicates(rng: np.random.Generator, level: Level) -> Instance:
    """Of contacts with the same address keep the first; on hard with the phone number that another one has."""
    hard = level == "hard"
    people = some(rng, PEOPLE, 12 if hard else 6)
    owners = mixed(rng, people + [people[0]] + [pick(rng, people) for _ in range(10 if hard else 3)])
    contacts: list[tuple[int, str, str, str | None]] = []
    kept: dict[str, list[Any]] = {}
    for contact_id, person in enumerate(owners, 1):
        email = f"{person}@Post.example" if rng.integers(2) else f"{person.lower()}@post.example"
        phone = None if hard and rng.integers(2) else f"555-{number(rng, 1000, 9999)}"
        contacts.append((contact_id, person, email, phone))
        first = kept.setdefault(person, [contact_id, person, email, phone])
        if hard and first[3] is None:
            first[3] = phone
    table = "CREATE TABLE contacts (id INTEGER PRIMARY KEY, name TEXT, email TEXT, phone TEXT);"
    text = (
        "Some people stand in the table contacts more than once: with the same email, capitals or not. Of each person "
        "keep the row with the lowest id, and delete the others."
    )
    phones = (
        "UPDATE contacts SET phone = (SELECT phone FROM contacts AS twin "
        "WHERE lower(twin.email) = lower(contacts.email) AND twin.phone NOT NULL ORDER BY id LIMIT 1) "
        "WHERE phone IS NULL; "
    )
    if hard:
        text += (
            " If the row that is kept has no phone (NULL), it gets the phone of the row with the next lowest id of the "
            "same person that has one."
        )
    delete = "DELETE FROM contacts WHERE id NOT IN (SELECT min(id) FROM contacts GROUP BY lower(email))"
    plan = [
        LIST_TABLES,
        Call("query", {"sql": "SELECT * FROM contacts"}),
        Call("execute", {"sql": f"{phones if hard else ''}{delete}"}),
    ]
    begin, goal = (Database.made_by(table + _inserts("contacts", rows)) for rows in (contacts, kept.values()))
    return Instance(text, begin, goal, plan)


def _inserts(table: str, rows: Iterable[Sequence[Any]]) -> str:
    """The statement that puts rows into a table."""
    values = ", ".join(f"({', '.join(map(_written, row))})" for row in rows)
    return f"INSERT INTO {table} VALUES {values};"


def _written(value: Any) -> str:
    if value is None:
        return "NULL"
    return f"'{value}'" if isinstance(value, str) else str(value)


TASKS: dict[str, Task] = {
    "mend_totals": mend_totals,
    "make_sums": make_sums,
    "part_in_two": part_in_two,
    "merge_duplicates": merge_duplicates,
}
