"""Our own servers in process: what is asked is done or refused, and nothing an agent sends raises."""

import copy
import json
import pickle
import sqlite3
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gem.mcp import CallResult, TextContent
from gem.mcp.servers import (
    Calendar,
    CalendarServer,
    Database,
    Event,
    FilesServer,
    Folder,
    KvServer,
    SqliteServer,
    Store,
    TimeServer,
    Tree,
    sqlite_walls,
)
from gem.mcp.servers.server import MAX_RESULT_CHARS, Server
from gem.mcp.servers.trees import MAX_DEPTH, MAX_TREE_CHARS

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ALL = (FilesServer, SqliteServer, KvServer, CalendarServer, lambda: TimeServer(lambda: NOON))


def say(server, tool, **arguments):
    """What the tool says, which is no refusal."""
    result = server.call(tool, arguments)
    assert not result.is_error, result
    return result.content[0].text


def refusal(server, tool, **arguments):
    """Why the tool refuses."""
    result = server.call(tool, arguments)
    assert result.is_error, result
    return result.content[0].text


# -- what all share --------------------------------------------------------------------------------


@pytest.mark.parametrize("make", ALL)
def test_each_tool_has_a_description_and_a_schema_of_its_arguments(make):
    for tool in make().tools():
        assert tool.description
        assert tool.schema["type"] == "object"
        assert set(tool.schema["required"]) <= set(tool.schema["properties"])
        json.dumps(tool.schema)


def test_a_schema_is_read_off_the_signature():
    (tool,) = (tool for tool in FilesServer().tools() if tool.name == "read_file")
    assert tool.schema == {
        "type": "object",
        "properties": {
            "path": {"type": "string", "description": "path below the top folder, such as notes/today.txt"},
            "first_line": {"type": "integer", "description": "where to begin; the first is 1", "default": 1},
            "lines": {"type": ["integer", "null"], "description": "how many lines; all without it"},
        },
        "required": ["path"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("name", "arguments", "why"),
    [
        ("putt", {}, "There is no tool 'putt'. Did you mean 'put'? There are: get, put,"),
        (None, {}, "There is no tool 'None'"),
        ("put", {"key": "a"}, "Missing: value."),
        ("put", {"key": "a", "valu": "b"}, "There is no argument 'valu'. Did you mean 'value'? There are: key, value."),
        ("put", {"key": 3, "value": "b"}, "The argument key is a text, not 3."),
        ("put", {"key": "a", "value": None}, "The argument value is a text, not None."),
        ("put", {"key": "a", "value": "\ud800"}, "half a surrogate pair"),
        ("put", ["a", "b"], "The arguments are an object such as {}"),
        ("put", None, "The arguments are an object such as {}"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(name, arguments, why):
    server = KvServer()
    result = server.call(name, arguments)
    assert result.is_error
    assert why in result.content[0].text
    assert server.store == Store()


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (True, "a whole number"),
        (1.5, "a whole number"),
        (2**60, "too large"),
        ("1", "a whole number"),
        (10**400, "too large"),
    ],
)
def test_a_number_is_a_number_and_no_larger_than_json_holds(value, why):
    assert why in refusal(FilesServer(Tree({"a": "b"})), "read_file", path="a", first_line=value)


def test_a_value_that_cannot_be_written_down_is_refused_all_the_same():
    deep = []
    for _ in range(10_000):
        deep = [deep]
    for value in (deep, [10**5000]):
        assert refusal(FilesServer(Tree({"a": "b"})), "read_file", path="a", first_line=value).endswith("not that.")
    assert "too large" in refusal(FilesServer(Tree({"a": "b"})), "read_file", path="a", first_line=-(10**5000))


def test_lists_are_checked_item_by_item():
    why = refusal(CalendarServer(), "create_event", title="a", start="b", end="c", people=["Ada", 3])
    assert why == "The argument people holds one that is a text, not 3."


def test_a_long_result_is_cut_and_says_so():
    told = say(KvServer(Store({"a": "x" * (MAX_RESULT_CHARS + 7)})), "get", key="a")
    assert told.endswith("[7 more characters are left out]")
    assert len(told) < MAX_RESULT_CHARS + 100


def test_an_object_comes_as_json_too():
    assert KvServer().call("list_keys", {}) == CallResult((TextContent("Nothing was found."),))
    assert SqliteServer().call("list_tables", {}) == CallResult(
        (TextContent('{"tables": {}}'),), structured={"tables": {}}
    )


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["..", "/", "a\0b", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("make", ALL)
@settings(max_examples=15)
@given(data=st.data())
def test_no_arguments_make_a_server_raise(make, data):
    server = make()
    for _ in range(2):
        tool = data.draw(st.sampled_from(server.tools()))
        texts = st.text(max_size=30) | st.sampled_from(
            ["a", "a/b", "2026-03-02 10:00", "0001-01-01", "UTC", "select 1"]
        )
        fitting = {
            "string": texts,
            "integer": st.integers(-(2**53), 2**53),
            "boolean": st.booleans(),
            "array": st.lists(texts, max_size=3),
        }
        arguments = {}
        for name, schema in tool.schema["properties"].items():
            kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
            arguments[name] = data.draw(fitting[kind] | anything)
        result = server.call(tool.name, arguments)
        json.dumps(result.content[0].text)


@pytest.mark.parametrize(
    "state", [Tree({"a/b": "c"}), Store({"a": "b"}), Database.made_by("CREATE TABLE t (a)"), Calendar()]
)
def test_a_state_is_a_value(state):
    assert copy.deepcopy(state) == state == pickle.loads(pickle.dumps(state))
    assert copy.deepcopy(state) is not state


class Boom(Server):
    name, handlers = "boom", ("boom",)

    def boom(self) -> str:
        """Break."""
        raise KeyError("a bug")


def test_a_bug_of_a_server_is_no_refusal():
    with pytest.raises(KeyError):
        Boom().call("boom", {})


# -- files -----------------------------------------------------------------------------------------


@pytest.fixture(params=["memory", "disk"])
def files(request, tmp_path):
    """The same files in memory and on disk."""
    texts = {"a.txt": "one\ntwo\nthree\n", "docs/b.md": "two birds\n", "docs/old/c.md": "nothing\n"}
    if request.param == "memory":
        return FilesServer(Tree(texts))
    for path, text in texts.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return FilesServer(Folder(tmp_path))


def test_files_are_read_whole_or_by_lines(files):
    assert say(files, "read_file", path="/docs/../a.txt") == "one\ntwo\nthree\n"
    assert say(files, "read_file", path="a.txt", first_line=2, lines=1) == "two\n"
    assert say(files, "read_file", path="a.txt", first_line=9) == ""
    assert refusal(files, "read_file", path="docs") == "docs is a folder."
    assert refusal(files, "read_file", path="none.txt") == "none.txt does not exist."
    assert "at least 1" in refusal(files, "read_file", path="a.txt", first_line=-1)


def test_files_are_written_with_the_folders_above_them(files):
    say(files, "write_file", path="new/deep/d.txt", content="é")
    assert say(files, "read_file", path="new/deep/d.txt") == "é"
    assert say(files, "list_directory", path="new", recursive=True) == "deep/\ndeep/d.txt"
    assert "a.txt is a file" in refusal(files, "write_file", path="a.txt/d", content="")
    assert "is a folder" in refusal(files, "write_file", path="docs", content="")


def test_an_edit_needs_a_piece_that_stands_once(files):
    assert "0 times" in refusal(files, "edit_file", path="a.txt", old_text="", new_text="x")
    assert "2 times" in refusal(files, "edit_file", path="a.txt", old_text="t", new_text="x")
    say(files, "edit_file", path="a.txt", old_text="two", new_text="2")
    assert say(files, "read_file", path="a.txt") == "one\n2\nthree\n"


def test_folders_are_listed_and_searched(files):
    assert say(files, "list_directory") == "a.txt\ndocs/"
    assert say(files, "list_directory", recursive=True) == "a.txt\ndocs/\ndocs/b.md\ndocs/old/\ndocs/old/c.md"
    assert say(files, "search_files", pattern="*.md") == "docs/b.md\ndocs/old/c.md"
    assert say(files, "search_files", text="two") == "a.txt:2: two\ndocs/b.md:1: two birds"
    assert say(files, "search_files", text="%") == "Nothing was found."


def test_files_and_folders_are_moved_and_deleted(files):
    say(files, "move_file", source="docs", destination="papers/all")
    assert say(files, "read_file", path="papers/all/old/c.md") == "nothing\n"
    assert "is there already" in refusal(files, "move_file", source="a.txt", destination="papers")
    assert "into itself" in refusal(files, "move_file", source="papers", destination="papers/all/x")
    assert "not empty" in refusal(files, "delete_file", path="papers")
    say(files, "delete_file", path="papers/all/old/c.md")
    say(files, "delete_file", path="papers/all/old")
    say(files, "create_directory", path="empty/er")
    assert say(files, "list_directory", path="empty/er") == "(empty)"
    assert (
        say(files, "list_directory", recursive=True)
        == "a.txt\nempty/\nempty/er/\npapers/\npapers/all/\npapers/all/b.md"
    )


@pytest.mark.parametrize("path", ["../x", "docs/../../x", "a\0b", "x" * 300, "/".join("x" * (MAX_DEPTH + 1))])
def test_no_path_leads_out_or_goes_too_far(files, path):
    assert refusal(files, "write_file", path=path, content="")
    assert refusal(files, "read_file", path=path)


@pytest.mark.parametrize("path", ["", "/", ".", "docs/.."])
def test_the_top_folder_stays(files, path):
    for tool, arguments in {
        "create_directory": {"path": path},
        "delete_file": {"path": path},
        "move_file": {"source": path, "destination": "x"},
        "write_file": {"path": path, "content": ""},
    }.items():
        assert refusal(files, tool, **arguments)
    assert say(files, "list_directory") == "a.txt\ndocs/"


def test_folders_moved_into_each_other_do_not_grow_too_deep(files):
    deep = "/".join("f" * (MAX_DEPTH - 1))
    say(files, "create_directory", path=f"x/{deep[2:]}")
    assert "more than" in refusal(files, "move_file", source="x", destination="docs/x/y")


def test_links_on_disk_are_not_followed(tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "root"
    root.mkdir()
    (root / "out").symlink_to(tmp_path)
    (root / "loop").symlink_to(root)
    (root / "file").symlink_to(tmp_path / "secret.txt")
    (root / "a.txt").write_text("a")
    files = FilesServer(Folder(root))
    for path in ("out/secret.txt", "loop/a.txt", "file"):
        assert "a link" in refusal(files, "read_file", path=path)
        assert "a link" in refusal(files, "write_file", path=path, content="x")
    assert say(files, "list_directory", recursive=True) == "a.txt\nfile\nloop\nout"
    assert say(files, "search_files", text="secret") == "Nothing was found."
    assert (tmp_path / "secret.txt").read_text() == "secret"


def test_links_in_a_circle_are_not_followed_either(tmp_path):
    (tmp_path / "here").symlink_to(tmp_path / "there")
    (tmp_path / "there").symlink_to(tmp_path / "here")
    files = FilesServer(Folder(tmp_path))
    for path in ("here", "here/a.txt"):
        for tool in ("read_file", "file_info", "list_directory", "create_directory"):
            assert refusal(files, tool, path=path)
        assert refusal(files, "write_file", path=path, content="")
    assert say(files, "list_directory", recursive=True) == "here\nthere"
    with pytest.raises(OSError, match=r"loop|Too many"):
        Folder(tmp_path / "here")


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    with pytest.raises(NotADirectoryError):
        Folder(tmp_path / "a.txt")


def test_a_file_tells_its_size_and_on_disk_when_it_was_changed(files):
    told = json.loads(say(files, "file_info", path="docs/b.md"))
    modified = told.pop("modified", None)
    assert told == {"path": "docs/b.md", "kind": "file", "size": 10}
    assert json.loads(say(files, "file_info", path="docs"))["kind"] == "folder"
    assert "does not exist" in refusal(files, "file_info", path="none.txt")
    if isinstance(files.files, Folder):
        changed = (files.files.root / "docs/b.md").stat().st_mtime
        assert int(changed) == datetime.fromisoformat(modified).timestamp()


def test_what_is_no_text_on_disk_is_refused(tmp_path):
    (tmp_path / "a.bin").write_bytes(b"\xff\xfe\x00")
    assert "no text" in refusal(FilesServer(Folder(tmp_path)), "read_file", path="a.bin")


def test_a_tree_does_not_grow_without_end():
    files = FilesServer()
    assert refusal(files, "write_file", path="a", content="x" * (MAX_TREE_CHARS + 1)) == "The disk is full."
    assert files.files == Tree()


# -- sqlite ----------------------------------------------------------------------------------------


@pytest.fixture
def sql():
    """Two rows, at noon."""
    made = Database.made_by("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'y')")
    return SqliteServer(made, lambda: NOON)


def ask(sql, statement):
    return json.loads(say(sql, "query", sql=statement))["rows"]


def test_a_database_is_looked_at(sql):
    assert json.loads(say(sql, "list_tables")) == {"tables": {"t": 2}}
    described = json.loads(say(sql, "describe_table", table="t"))
    assert described["columns"][0] == {"name": "a", "type": "INTEGER", "primary_key": True}
    assert described["sql"].startswith("CREATE TABLE t")
    assert ask(sql, "SELECT * FROM t ORDER BY a DESC") == [[2, "y"], [1, "x"]]
    assert ask(sql, "SELECT 9e999, x'00ff', NULL") == [["inf", "x'00ff'", None]]
    assert "There is no table 'u'. There are: t." in refusal(sql, "describe_table", table="u")


def test_an_odd_name_is_a_name(sql):
    say(sql, "execute", sql='CREATE TABLE "it\'s "" odd" (a)')
    assert json.loads(say(sql, "describe_table", table="it's \" odd"))["columns"][0]["name"] == "a"
    assert len(json.loads(say(sql, "list_tables"))["tables"]) == 2


def test_statements_take_effect_together_or_not_at_all(sql):
    say(sql, "execute", sql="INSERT INTO t VALUES (3, 'z'); BEGIN; UPDATE t SET b = upper(b); COMMIT")
    assert ask(sql, "SELECT b FROM t") == [["X"], ["Y"], ["Z"]]
    assert "UNIQUE" in refusal(sql, "execute", sql="DELETE FROM t WHERE a = 3; INSERT INTO t VALUES (1, 'twice')")
    assert "not committed" in refusal(sql, "execute", sql="BEGIN; DELETE FROM t")
    assert len(ask(sql, "SELECT * FROM t")) == 3


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM t", "UPDATE t SET b = 1 RETURNING a", "CREATE TABLE u (a)", "PRAGMA user_version = 3", "",
        "SELECT 1; SELECT 2", "a\0b",
    ],
)  # fmt: skip
def test_a_query_only_reads(sql, statement):
    image = sql.database.image
    assert refusal(sql, "query", sql=statement)
    assert sql.database.image == image


@pytest.mark.parametrize(
    "statement",
    [
        "ATTACH '{file}' AS other", "VACUUM INTO '{file}'", "SELECT load_extension('{file}')",
        "PRAGMA journal_mode = off",
        "PRAGMA temp_store_directory = '/'", "PRAGMA max_page_count = 999999", "UPDATE sqlite_master SET sql = ''",
        "CREATE VIRTUAL TABLE v USING fts5(a)", "DETACH main", "SELECT random()", "SELECT RANDOMBLOB(3)",
    ],
)  # fmt: skip
def test_sql_stays_inside_its_walls(sql, statement, tmp_path):
    file, image = tmp_path / "out.db", sql.database.image
    assert refusal(sql, "execute", sql=statement.format(file=file))
    assert not file.exists()
    assert sql.database.image == image


def test_time_stands_still_in_sql(sql):
    noon = "2026-03-02 12:00:00"
    assert ask(sql, "SELECT datetime('now'), current_timestamp, datetime(), date('NOW', '+1 day'), strftime('%Y')") == [
        [noon, noon, noon, "2026-03-03", "2026"]
    ]
    say(sql, "execute", sql="CREATE TABLE d (a, b DEFAULT CURRENT_TIMESTAMP); INSERT INTO d (a) VALUES (1)")
    assert ask(sql, "SELECT b FROM d") == [[noon]]


def test_a_result_has_an_end(sql):
    count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {}) "
    found = json.loads(say(sql, "query", sql=f"{count.format(201)} SELECT i FROM n"))
    assert len(found["rows"]) == 200
    assert found["more"]
    assert "more" not in json.loads(say(sql, "query", sql=f"{count.format(200)} SELECT i FROM n"))
    for size in (20_001, 1_000_000_000):
        assert "too big" in refusal(sql, "query", sql=f"SELECT zeroblob({size})")
    grows = f"CREATE TABLE big (a); INSERT INTO big {count.format(1000)} SELECT zeroblob(9000) FROM n"
    assert "full" in refusal(sql, "execute", sql=grows)


@pytest.mark.parametrize("function", ["random()", "randomblob(8)", "hex(randomblob(8))"])
def test_no_default_of_a_column_is_random(sql, function):
    image = sql.database.image
    made = f"CREATE TABLE r (a, b DEFAULT ({function})); INSERT INTO r (a) VALUES (1)"
    assert "exception" in refusal(sql, "execute", sql=made)
    assert sql.database.image == image


@pytest.mark.parametrize("now", ["'now'", "' Now '", "CAST('now' AS BLOB)", "'now' || char(0) || 'x'"])
def test_now_is_noon_however_it_is_written(sql, now):
    noon = "2026-03-02 12:00:00"
    assert ask(sql, f"SELECT datetime({now}), strftime('%Y', {now})") == [[noon, "2026"]]


def test_the_zone_of_the_computer_is_not_told(sql, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        zones = (
            "SELECT datetime('now', 'localtime'), datetime('now', 'UTC'), datetime('now', CAST('localtime' AS BLOB))"
        )
        assert ask(sql, zones) == [["2026-03-02 12:00:00"] * 3]
        assert ask(sql, "SELECT strftime('UTC'), datetime('localtime')") == [["UTC", None]]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_what_is_temporary_has_an_end_too(sql):
    rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000) SELECT zeroblob(9000) FROM n"
    assert "full" in refusal(sql, "execute", sql=f"CREATE TEMP TABLE big (a); INSERT INTO big {rows}")
    say(sql, "execute", sql="CREATE TEMP TABLE u AS SELECT * FROM t; INSERT INTO t (b) SELECT b FROM u")
    assert len(ask(sql, "SELECT * FROM t")) == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    "slow",
    [
        "length(trim(replace(hex(zeroblob(9900)), '0', 'a'), replace(hex(zeroblob(800)), '0', 'b') || 'a' || i))",
        "instr(replace(hex(zeroblob(9900)), '0', 'a') || i, replace(hex(zeroblob(4900)), '0', 'a') || 'b' || i)",
    ],
)
def test_slow_steps_do_not_go_on_much_longer_than_they_may(sql, slow, monkeypatch):
    monkeypatch.setattr(sqlite_walls, "MAX_S", 0.3)
    endless = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum({slow} + {slow}) FROM n"
    begun = time.monotonic()
    assert "takes too long" in refusal(sql, "query", sql=endless)
    assert time.monotonic() - begun < 2.5


def test_all_reading_of_a_database_has_one_budget(monkeypatch):
    monkeypatch.setattr(sqlite_walls, "MAX_STEPS", 1_000)
    rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 30)"
    made = Database.made_by(f"CREATE TABLE t (a); INSERT INTO t {rows} SELECT i FROM n")
    assert len(made.read("SELECT * FROM t")[1]) == 30
    with made.reading() as read:
        some = "SELECT count(*) FROM t AS a, t AS b WHERE a.a <= 4 AND a.a <= b.a"
        read(some)
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            [read(some) for _ in range(50)]


@pytest.mark.slow
def test_a_statement_without_end_is_stopped(sql):
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    assert "takes too long" in refusal(sql, "query", sql=f"{endless} SELECT count(*) FROM n")
    assert "takes too long" in refusal(sql, "execute", sql=f"{endless} INSERT INTO t SELECT i, 'x' FROM n WHERE i < 0")
    assert len(ask(sql, "SELECT * FROM t")) == 2


# -- kv --------------------------------------------------------------------------------------------


def test_texts_are_kept_under_keys():
    kv = KvServer()
    say(kv, "put", key="note/2", value="Two birds")
    say(kv, "put", key="note/1", value="one")
    assert say(kv, "list_keys") == "note/1\nnote/2"
    assert say(kv, "search", text="BIRD") == "note/2: Two birds"
    assert say(kv, "search", text="", prefix="note/1") == "note/1: one"
    say(kv, "rename", key="note/1", new_key="done/1")
    assert kv.store.values == {"note/2": "Two birds", "done/1": "one"}
    assert "already" in refusal(kv, "rename", key="note/2", new_key="done/1")
    say(kv, "delete", key="done/1")
    assert "no key 'done/1'" in refusal(kv, "get", key="done/1")
    assert "1 to 200" in refusal(kv, "put", key="x" * 201, value="")
    assert "full" in refusal(kv, "put", key="x", value="x" * 4_000_001)
    assert kv.store.values == {"note/2": "Two birds"}


# -- calendar --------------------------------------------------------------------------------------


@pytest.fixture
def calendar():
    """Ada's morning and Bruno's afternoon."""
    made = Calendar()
    made.add(Event("Plan", "2026-03-02 09:30", "2026-03-02 11:00", ["Ada"]))
    made.add(Event("Visit", "2026-03-02 14:00", "2026-03-02 18:00", ["Bruno"]))
    return CalendarServer(made)


def test_free_time_is_when_nobody_is_busy(calendar):
    def free(*people):
        return json.loads(say(calendar, "free_slots", people=people and list(people), day="2026-03-02"))["free"]

    assert free("Ada", "Bruno") == [
        {"start": "2026-03-02 09:00", "end": "2026-03-02 09:30"},
        {"start": "2026-03-02 11:00", "end": "2026-03-02 14:00"},
    ]
    assert free("Ada")[-1]["end"] == "2026-03-02 17:00"
    assert "called 'Eve'" in refusal(calendar, "free_slots", people=["Ada", "Eve"], day="2026-03-02")
    assert json.loads(say(calendar, "list_people")) == {"people": ["Ada", "Bruno"]}


def test_events_are_entered_moved_and_cancelled(calendar):
    made = json.loads(
        say(
            calendar,
            "create_event",
            title=" Tea ",
            start="2026-03-03T10:00",
            end="2026-03-03 10:30",
            people=["B", "A", "B"],
        )
    )
    assert made == {
        "event_id": "e3", "title": "Tea", "start": "2026-03-03 10:00", "end": "2026-03-03 10:30", "people": ["A", "B"],
    }  # fmt: skip
    say(calendar, "move_event", event_id="e1", start="2026-03-03 09:00", end="2026-03-03 09:10")
    listed = json.loads(say(calendar, "list_events", day="2026-03-03"))["events"]
    assert [event["event_id"] for event in listed] == ["e1", "e3"]
    assert json.loads(say(calendar, "list_events", day="2026-03-03", person="A"))["events"] == [made]
    say(calendar, "cancel_event", event_id="e1")
    assert list(calendar.calendar.events) == ["e2", "e3"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-03-02 10:00", "2026-03-02 10:00"),
        ("2026-03-02 10:00", "2027-03-02 10:00"),
        ("soon", "later"),
        ("", "9" * 99),
    ],
)
def test_an_event_has_a_start_and_a_later_end(calendar, start, end):
    before = copy.deepcopy(calendar.calendar)
    assert refusal(calendar, "create_event", title="a", start=start, end=end, people=["Ada"])
    assert refusal(calendar, "move_event", event_id="e1", start=start, end=end)
    assert calendar.calendar == before


def test_no_event_takes_the_place_of_another():
    event = Event("Plan", "2026-03-02 09:30", "2026-03-02 11:00", ["Ada"])
    made = Calendar({"e1": event, "e3": event})
    assert [made.add(event) for _ in range(2)] == ["e2", "e4"]
    assert len(made.events) == 4


def test_an_event_has_people_and_a_title(calendar):
    times = {"start": "2026-03-02 10:00", "end": "2026-03-02 11:00"}
    assert refusal(calendar, "create_event", title=" ", people=["Ada"], **times)
    assert refusal(calendar, "create_event", title="a", people=[], **times)
    assert refusal(calendar, "cancel_event", event_id="e9") == "There is no event 'e9'."


# -- time ------------------------------------------------------------------------------------------


@pytest.fixture
def clock():
    """It is noon."""
    return TimeServer(lambda: NOON)


def test_the_time_is_told_in_a_format_and_a_zone(clock):
    assert say(clock, "current_time") == "2026-03-02 12:00:00"
    assert say(clock, "current_time", timezone="Asia/Tokyo", format="h:mm A, DD/MM/YY 100%") == "9:00 PM, 02/03/26 100%"


@pytest.mark.parametrize(
    ("time", "told"),
    [
        ("2026-03-02 15:00:00", "in 3 hours"),
        ("2026-02-28 12:00:00", "2 days ago"),
        ("2026-03-02 12:01:00", "in 1 minute"),
        ("2026-03-02 12:00:00", "now"),
    ],
)
def test_a_time_is_told_from_now(clock, time, told):
    assert say(clock, "relative_time", time=time) == told


def test_questions_on_time_are_answered(clock):
    assert say(clock, "days_in_month", date="2024-02-10") == "29"
    assert say(clock, "days_in_month") == "31"
    assert say(clock, "get_timestamp", time="1970-01-02 00:00:00") == "86400000"
    assert json.loads(say(clock, "get_week_year", date="2026-01-01")) == {"week": 1, "isoWeek": 1}
    arguments = {"sourceTimezone": "Europe/Rome", "targetTimezone": "Asia/Kolkata", "time": "2026-07-01 10:00:00"}
    assert json.loads(say(clock, "convert_time", **arguments)) == {
        "sourceTime": "2026-07-01 10:00:00",
        "targetTime": "2026-07-01 13:30:00",
        "timeDifference": "+3.5 hours",
    }


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../../etc/passwd", "Europe", "a\0b", "/etc/localtime"])
def test_what_is_no_zone_is_refused(clock, zone):
    assert "no time zone" in refusal(clock, "current_time", timezone=zone)


@pytest.mark.parametrize("time", ["", "noon", "2026-13-01 00:00:00", "9" * 1000])
def test_what_is_no_time_is_refused(clock, time):
    assert "is no time" in refusal(clock, "relative_time", time=time)
