"""mcp:*: only the whole task pays, whatever else is done costs it, and any moment can be copied."""

import asyncio
import json
import sqlite3
import sys
from contextlib import closing

import pytest

import gem
from gem.checking import check_env
from gem.core import Env
from gem.envs.mcp_env import FINISHED, MAX_TURNS, McpEnv, written
from gem.envs.mcp_ids import SERVERS
from gem.envs.mcp_tasks import TASKS, Call
from gem.envs.mcp_tasks.worlds import WORLDS
from gem.errors import ConfigError
from gem.mcp.calls import first_call
from gem.mcp.servers import Database, Tree, sqlite_walls
from gem.mcp.servers.opening import calendar_json, calendar_of
from gem.seeding import generator
from gem.snapshot import Snapshot

KINDS = [(server, task) for server, tasks in TASKS.items() for task in tasks]
LEVELS = ("easy", "hard")
DAMAGE = {
    "files": Call("write_file", {"path": "stray.txt", "content": "Oops."}),
    "sqlite": Call("execute", {"sql": "CREATE TABLE stray (a)"}),
    "notes": Call("put", {"key": "stray", "value": "Oops."}),
    "calendar": Call(
        "create_event", {"title": "Oops", "start": "2026-01-01 10:00", "end": "2026-01-01 11:00", "people": ["Ada"]}
    ),
}


def play(env: Env, *actions: str):
    """Take the actions, then those of the expert."""
    for action in actions:
        env.step(action)
    while True:
        result = env.step(env.solve())
        if result.done:
            return result


def test_there_are_at_least_twelve_tasks_over_four_servers():
    assert len(KINDS) >= 12
    assert set(SERVERS.values()) == set(TASKS) == set(WORLDS)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("server", "task"), KINDS)
def test_the_expert_earns_one_and_whoever_does_nothing_nothing(server, task, level):
    env = McpEnv(server, tasks=[task], level=level)
    for seed in range(4):
        _, info = env.reset(seed=seed)
        assert info == {"task": task}
        twin = env.fork()
        _, reward, terminated, truncated, info = twin.step("I have done it.")
        assert (reward, terminated, truncated) == (0.0, True, False)
        assert info == {"success": False, "changes_made": 0.0, "damage": 0, "use_tool": False}
        result = play(env)
        assert (result.reward, result.terminated) == (1.0, True)
        assert result.info == {"success": True, "changes_made": 1.0, "damage": 0, "use_tool": False}


@pytest.mark.slow
@pytest.mark.parametrize("env_id", SERVERS)
@pytest.mark.parametrize("level", LEVELS)
def test_the_expert_earns_one_on_each_of_500_seeds(env_id, level):
    env = gem.make(env_id, difficulty=level)
    for seed in range(500):
        env.reset(seed=seed)
        while True:
            obs, reward, terminated, _, info = env.step(env.solve())
            if terminated:
                break
            assert not info["tool_error"], obs
        assert reward == 1.0, seed
        assert env.state.turn < MAX_TURNS[level] * 0.8  # room for somebody less sure


@pytest.mark.parametrize(("server", "task"), KINDS)
def test_no_half_of_the_way_pays_and_no_way_with_damage(server, task):
    env = McpEnv(server, tasks=[task], level="hard")
    env.reset(seed=3)
    half = env.fork()
    for call in half.state.plan[:-1]:
        half.step(written(call))
    assert half.step(FINISHED).reward == 0.0
    result = play(env, written(DAMAGE[server]))
    assert (result.reward, result.info["changes_made"], result.info["damage"] > 0) == (0.0, 1.0, True)


def test_partial_credit_is_the_share_of_changes_if_nothing_else_was_changed():
    env = McpEnv("files", tasks=["mend_setting"], level="hard", partial_credit=True)
    env.reset(seed=3)
    edits = len(env.state.plan) - 1
    for _ in range(3):
        env.step(env.solve())
    harmed = env.fork()
    assert env.step(FINISHED).reward == pytest.approx(2 / edits)
    harmed.step(written(DAMAGE["files"]))
    assert harmed.step(FINISHED).reward == 0.0


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("server", "task", "destruction"),
    [
        (
            "files",
            "rename",
            lambda state: [Call("delete_file", {"path": path}) for path in state.begin.keys() - state.goal.keys()],
        ),
        (
            "notes",
            "file_finished",
            lambda state: [Call("delete", {"key": key}) for key in state.begin.keys() - state.goal.keys()],
        ),
        (
            "sqlite",
            "mend_totals",
            lambda state: [
                Call("execute", {"sql": f"DELETE FROM orders WHERE id = {row[3]}"})
                for row in state.begin.keys() - state.goal.keys()
            ],
        ),
    ],
)
def test_to_destroy_what_should_change_is_no_part_of_the_way(server, task, destruction, level):
    env = McpEnv(server, tasks=[task], level=level, partial_credit=True)
    env.reset(seed=3)
    for call in destruction(env.state):
        result = env.step(written(call))
        assert not result.info["tool_error"], result.obs
    result = env.step(FINISHED)
    assert result.info["damage"] == 0
    assert result.reward == 0.0


@pytest.mark.parametrize(("server", "task"), KINDS)
def test_each_part_of_the_way_pays_at_least_as_much_as_the_one_before(server, task):
    env = McpEnv(server, tasks=[task], level="hard", partial_credit=True)
    env.reset(seed=3)
    paid = []
    for call in env.state.plan:
        env.step(written(call))
        paid.append(env.fork().step(FINISHED).reward)
    assert paid == sorted(paid)
    assert (paid[0], paid[-1]) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("server", "task", "call"),
    [
        ("files", "delete_duplicates", lambda world: Call("delete_file", {"path": min(world.files)})),
        ("files", "rename", lambda world: Call("write_file", {"path": min(world.files), "content": ""})),
        ("sqlite", "mend_totals", lambda world: Call("execute", {"sql": "UPDATE items SET price = 1 WHERE id = 1"})),
        ("sqlite", "make_sums", lambda world: Call("execute", {"sql": "DELETE FROM sales WHERE id = 3"})),
        ("sqlite", "part_in_two", lambda world: Call("execute", {"sql": "ALTER TABLE staff ADD COLUMN x"})),
        ("notes", "follow_references", lambda world: Call("delete", {"key": "door/front"})),
        ("calendar", "find_time", lambda world: Call("cancel_event", {"event_id": min(world.events)})),
    ],
)
def test_what_should_stay_must_stay(server, task, call):
    env = McpEnv(server, tasks=[task])
    env.reset(seed=5)
    expected = env.fork()
    assert play(expected).reward == 1.0
    for planned in env.state.plan:
        env.step(written(planned))
    obs, *_, info = env.step(written(call(env.state.world)))
    assert not info["tool_error"], obs
    assert env.step(FINISHED).reward == 0.0


def test_what_does_not_count_may_differ():
    files = WORLDS["files"].entries
    assert files(Tree({"a": "b\n\n"}, {"empty"})) == files(Tree({"a": "b"}))
    sql = WORLDS["sqlite"].entries
    one = Database.made_by("CREATE TABLE t (a, B); INSERT INTO t VALUES (1, 'x'), (2, NULL)")
    other = Database.made_by("CREATE TABLE T (b TEXT, A REAL); INSERT INTO t VALUES (NULL, 2), ('x', 1)")
    assert sql(one) == sql(other)


def test_what_counts_in_a_database_may_not_differ():
    sql = WORLDS["sqlite"].entries
    states = [
        sql(Database.made_by(f"CREATE TABLE {script}"))
        for script in (
            "t (a)", "u (a)", "t (b)", "t (a, b)", "t (a); INSERT INTO t VALUES (1)",
            "t (a); INSERT INTO t VALUES ('1')",
            "t (a); INSERT INTO t VALUES (1), (1)", "t (a); INSERT INTO t VALUES (NULL)", "t (a, c AS (1))",
            "t (a); CREATE VIEW v AS SELECT 1", "t (a); CREATE INDEX v ON t (a)",
            "t (a); CREATE TRIGGER v AFTER INSERT ON t BEGIN DELETE FROM t; END",
        )
    ]  # fmt: skip
    assert all(one != other for index, one in enumerate(states) for other in states[:index])


def test_all_tables_of_a_database_are_judged_within_one_budget(monkeypatch):
    made = Database.made_by("".join(f"CREATE TABLE t{n} (a);" for n in range(50)))
    assert len(WORLDS["sqlite"].entries(made)) == 50
    monkeypatch.setattr(sqlite_walls, "MAX_STEPS", 200)
    assert "unreadable" in WORLDS["sqlite"].entries(made)
    assert "unreadable" not in WORLDS["sqlite"].entries(Database.made_by("CREATE TABLE t (a)"))


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "column"), [(20_000, "zeroblob(19900)"), (150_000, "1"), (3, "CAST(x'ff' AS TEXT)")])
def test_a_table_that_cannot_be_read_is_a_failure_and_no_crash(rows, column):
    env = McpEnv("sqlite", tasks=["mend_totals"])
    env.reset(seed=1)
    insert = (
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {rows}) INSERT INTO x SELECT i FROM n"
    )
    result = env.step(written(Call("execute", {"sql": f"CREATE TABLE x (a, b AS ({column})); {insert}"})))
    assert not result.info["tool_error"], result.obs
    assert play(env).reward == 0.0
    assert "unreadable" in WORLDS["sqlite"].entries(env.state.world)
    assert env.fork().state == env.state


def test_the_last_turn_is_judged_too():
    env = McpEnv("calendar", tasks=["cancel_duplicates"], max_turns=4)
    for seed in range(20):
        env.reset(seed=seed)
        if len(env.state.plan) == 4:
            break
    result = play(env)
    assert (result.reward, result.terminated, result.truncated) == (1.0, False, True)
    assert result.info["success"]
    env.reset(seed=seed)
    for _ in range(4):
        result = env.step(written(env.state.plan[0]))
    assert (result.reward, result.truncated, result.info["success"]) == (0.0, True, False)


def test_a_call_that_cannot_be_read_is_told_and_the_episode_goes_on():
    env = McpEnv("files")
    env.reset(seed=0)
    for action, told in {
        "<tool_call></tool_call>": "no <tool_name>",
        "<tool_call><tool_name>read_file</tool_name><arguments>{</arguments></tool_call>": "JSON",
        "<tool_call><tool_name>reed_file</tool_name><arguments>{}</arguments></tool_call>": "Did you mean 'read_file'",
        "<tool_call><tool_name>read_file</tool_name><arguments>{}</arguments></tool_call>": "Missing: path",
    }.items():
        obs, reward, terminated, truncated, info = env.step(action)
        assert told in obs
        assert (reward, terminated, truncated, info["tool_error"]) == (0.0, False, False, True)
    big = written(Call("write_file", {"path": "big", "content": "x" * 1_000_000}))
    assert not env.step(big).info["tool_error"]
    assert env.step(FINISHED).reward == 0.0


def test_the_first_observation_says_what_there_is_to_know():
    obs, _ = McpEnv("notes").reset(seed=0)
    for tool in McpEnv("notes").tools:
        assert f"- {tool.name}(" in obs
    assert "<tool_call><tool_name>NAME</tool_name><arguments>" in obs
    assert "25 turns" in obs


@pytest.mark.parametrize(("server", "task"), KINDS)
def test_a_snapshot_of_any_turn_goes_on_alike(server, task):
    env = McpEnv(server, tasks=[task])
    env.reset(seed=2)
    actions, snapshots = [], []
    while True:
        snapshots.append(env.snapshot().to_json())
        actions.append(env.solve())
        last = env.step(actions[-1])
        if last.done:
            break
    for turn, snapshot in enumerate(snapshots):
        env.restore(Snapshot.from_json(snapshot))
        results = [env.step(action) for action in actions[turn:]]
        assert results[-1] == last


def test_a_fork_has_a_world_of_its_own():
    env = McpEnv("files", tasks=["rename"])
    env.reset(seed=0)
    twin = env.fork()
    twin.step(written(DAMAGE["files"]))
    assert "stray.txt" not in env.state.world.files


def test_random_actions_are_calls_that_can_be_read():
    for server in TASKS:
        env = McpEnv(server)
        env.reset(seed=0)
        for seed in range(20):
            call = first_call(env.sample_random_action(generator(seed)))
            assert call is not None
            assert call.trouble is None


@pytest.mark.parametrize(
    "arguments",
    [
        {"server": "mail"}, {"tasks": ["renam"]}, {"tasks": []}, {"level": "medium"}, {"max_turns": 0},
        {"server": "notes", "tasks": ["rename"]}, {"tasks": 5}, {"tasks": [["rename"]]}, {"level": ["x"]},
        {"server": ["files"]}, {"max_turns": "3"}, {"tasks": {"rename": 1}},
    ],
)  # fmt: skip
def test_a_setting_that_there_is_not_is_refused(arguments):
    with pytest.raises(ConfigError):
        McpEnv(**arguments)


def test_one_task_may_be_named_by_a_text():
    assert McpEnv("files", tasks="rename").tasks == ("rename",)


@pytest.mark.slow
@pytest.mark.parametrize("env_id", SERVERS)
def test_an_env_keeps_its_promises(env_id):
    check_env(env_id, seeds=(-7, 2**64), max_steps=10)


# -- the same episodes over the wire ---------------------------------------------------------------


def exported(server, world, place):
    """The state as a folder or file for a server process: its command line, and a function that reads the state."""
    if server == "files":
        for path, text in world.files.items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(text)
        paths = lambda: (path for path in place.rglob("*") if path.is_file())  # noqa: E731
        read = lambda: Tree({path.relative_to(place).as_posix(): path.read_text() for path in paths()})  # noqa: E731
        return ["files", "--root", str(place)], read
    file = place / "state"
    if server == "sqlite":
        with closing(sqlite3.connect(file)) as connection:
            connection.deserialize(world.image)
            with closing(sqlite3.connect(file)) as target:
                connection.backup(target)
        return ["sqlite", "--db", str(file)], lambda: Database(file.read_bytes())
    if server == "notes":
        file.write_text(json.dumps(world.values))
        return ["kv", "--state", str(file)], lambda: type(world)(json.loads(file.read_text()))
    file.write_text(calendar_json(world))
    return ["calendar", "--state", str(file)], lambda: calendar_of(file.read_text())


@pytest.mark.slow
@pytest.mark.parametrize("server", TASKS)
def test_an_episode_through_the_official_client_ends_in_the_same_state(server, tmp_path):
    pytest.importorskip("mcp")
    from mcp.client.stdio import stdio_client

    from mcp import ClientSession, StdioServerParameters

    env = McpEnv(server, level="hard")
    env.reset(seed=11)
    words, read = exported(server, env.state.world, tmp_path)

    async def talk():
        command = StdioServerParameters(command=sys.executable, args=["-m", "gem.mcp.servers", *words])
        async with stdio_client(command) as streams, ClientSession(*streams) as session:
            await session.initialize()
            return [(await session.call_tool(*call)).content[0].text for call in env.state.plan]

    told = asyncio.run(talk())
    entries = WORLDS[server].entries
    assert entries(read()) == env.state.goal
    observations = [env.step(written(call)).obs.rpartition("\n[turn")[0] for call in env.state.plan]
    assert observations == told
    assert entries(env.state.world) == env.state.goal
