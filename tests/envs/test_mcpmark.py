"""MCPMark's layout on small tasks of our own: a scripted agent that does them earns 1, one that does nothing 0."""

import contextlib
import json
import os
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from gem.envs.mcp_env import written
from gem.envs.mcp_tasks import Call
from gem.envs.mcpmark import MCPMarkEnv, find_tasks
from gem.envs.mcpmark import postgres as postgres_service
from gem.envs.mcpmark.postgres_server import PostgresServer
from gem.errors import ConfigError, DataError, DataNotFound, McpUnavailable, SnapshotUnsupported
from gem.mcp.servers import FilesServer, Folder

DONE = "All done."

COUNT_VERIFY = """
import os, sys
from pathlib import Path
root = Path(os.environ["FILESYSTEM_TEST_DIR"])
found = root / "count.txt"
right = found.is_file() and found.read_text().strip() == str(len(list(root.glob("*.log"))))
print("right" if right else "wrong")
sys.exit(0 if right else 1)
"""
TIDY_VERIFY = """
import os, sys
from pathlib import Path
root = Path(os.environ["FILESYSTEM_TEST_DIR"])
sys.exit(0 if sorted(p.name for p in (root / "logs").glob("*")) == ["a.log", "b.log"] else 1)
"""


def add_task(root, service, category, name, description, verify, split="standard", meta=None, prepare=None):
    """Put a task where MCPMark has it."""
    folder = root / "tasks" / service / split / category / name
    folder.mkdir(parents=True)
    (folder / "description.md").write_text(f"{description}\n")
    (folder / "verify.py").write_text(verify)
    if meta is not None:
        (folder / "meta.json").write_text(json.dumps(meta))
    if prepare is not None:
        (folder / "prepare_environment.py").write_text(prepare)
    return folder


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout with two tasks over two logs."""
    for name in ("MCPMARK_PATH", "FILESYSTEM_TEST_ROOT"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "mcpmark"
    add_task(root, "filesystem", "logs", "count", "Write into count.txt how many .log files there are.", COUNT_VERIFY)
    add_task(root, "filesystem", "logs", "tidy", "Move the logs into logs.", TIDY_VERIFY, meta={"difficulty": "L1"})
    files = root / "test_environments" / "logs"
    files.mkdir(parents=True)
    for name in ("a.log", "b.log", "c.txt"):
        (files / name).write_text(name)
    return root


@pytest.fixture
def make(checkout):
    """Envs over that checkout, closed in the end."""
    with contextlib.ExitStack() as stack:
        yield lambda *args, **options: stack.enter_context(MCPMarkEnv(*args, **{"root": checkout, **options}))


def play(env, *calls, **options):
    env.reset(**options)
    for call in calls:
        result = env.step(written(call))
        assert not result.info["tool_error"], result.obs
    return env.step(DONE)


# -- the layout ------------------------------------------------------------------------------------


def test_tasks_are_found_by_category_and_by_name(checkout):
    names = ["logs__count", "logs__tidy"]
    assert [task.name for task in find_tasks("filesystem", root=checkout)] == names
    assert [task.name for task in find_tasks("filesystem", "logs", checkout)] == names
    for name in ("logs/tidy", "logs__tidy", ["logs/tidy"]):
        assert [task.name for task in find_tasks("filesystem", name, checkout)] == names[1:]


def test_splits_are_kept_apart_and_an_older_checkout_has_none(checkout, tmp_path):
    add_task(checkout, "filesystem", "logs", "trivial", "Do nothing.", "", split="easy")
    assert [task.task for task in find_tasks("filesystem", root=checkout, split="easy")] == ["trivial"]
    assert len(find_tasks("filesystem", root=checkout)) == 2
    with pytest.raises(ConfigError, match="splits easy, standard"):
        find_tasks("filesystem", root=checkout, split="hard")
    add_task(tmp_path / "old", "filesystem", "", "logs/count", "Count.", "", split="")
    assert [task.name for task in find_tasks("filesystem", root=tmp_path / "old")] == ["logs__count"]


def test_the_checkout_may_be_named_by_the_environment(checkout, monkeypatch):
    monkeypatch.setenv("MCPMARK_PATH", str(checkout))
    with MCPMarkEnv("filesystem") as env:
        assert len(env.tasks) == 2


def test_what_is_missing_is_named_with_how_to_get_it(checkout, tmp_path):
    for root in (None, tmp_path / "nowhere", tmp_path):
        with pytest.raises(DataNotFound, match="git clone https"):
            MCPMarkEnv("filesystem", root=root)
    with pytest.raises(ConfigError, match="filesystem and postgres"):
        MCPMarkEnv("github", root=checkout)
    with pytest.raises(ConfigError, match="Did you mean 'logs/tidy'"):
        MCPMarkEnv("filesystem", "logs/tidi", root=checkout)
    add_task(checkout, "filesystem", "papers", "sort", "Sort.", "")
    with pytest.raises(DataNotFound, match=r"papers\.zip"):
        MCPMarkEnv("filesystem", root=checkout)
    (checkout / "tasks/filesystem/standard/logs/tidy/meta.json").write_text("{")
    with pytest.raises(DataError, match="is no JSON"):
        find_tasks("filesystem", root=checkout)


# -- filesystem ------------------------------------------------------------------------------------


def test_whoever_does_a_task_earns_one_and_whoever_does_nothing_nothing(make):
    count = Call("write_file", {"path": "count.txt", "content": "2"})
    env = make("filesystem", "logs/count")
    result = play(env, Call("list_directory", {}), count)
    assert (result.reward, result.terminated, result.truncated) == (1.0, True, False)
    assert result.info["success"]
    assert result.info["verify_output"] == "right"
    result = play(env)
    assert (result.reward, result.terminated, result.info["success"]) == (0.0, True, False)
    assert result.info["verify_output"] == "wrong"
    moves = [Call("move_file", {"source": name, "destination": f"logs/{name}"}) for name in ("a.log", "b.log")]
    assert play(make("filesystem", "logs/tidy"), *moves).reward == 1.0


def test_the_first_observation_has_the_task_and_the_tools(make):
    obs, info = make("filesystem", "logs/tidy").reset()
    assert obs.startswith("Move the logs into logs.\n\nYou have these tools:\n- read_file(")
    assert info == {"task_name": "logs__tidy", "difficulty": "L1"}


def test_each_episode_begins_with_the_files_as_they_were(make, checkout):
    env = make("filesystem", "logs/count")
    scratch = Path(env.service.environ()["FILESYSTEM_TEST_DIR"])
    play(env, Call("delete_file", {"path": "a.log"}), Call("create_directory", {"path": "x/y"}))
    env.reset()
    assert sorted(path.name for path in scratch.iterdir()) == ["a.log", "b.log", "c.txt"]
    assert sorted(path.name for path in (checkout / "test_environments/logs").iterdir()) == ["a.log", "b.log", "c.txt"]
    env.close()
    env.close()
    assert not scratch.exists()


@pytest.mark.parametrize("wrapped", [True, False])
def test_the_files_may_come_in_an_archive(make, checkout, wrapped):
    files = checkout / "test_environments" / "logs"
    with zipfile.ZipFile(f"{files}.zip", "w") as archive:
        for path in files.iterdir():
            archive.write(path, f"logs/{path.name}" if wrapped else path.name)
    shutil.rmtree(files)
    env = make("filesystem", "logs/count")
    assert play(env, Call("write_file", {"path": "count.txt", "content": "2"})).reward == 1.0
    Path(f"{files}.zip").write_bytes(b"no archive")
    with pytest.raises(DataError, match="no zip archive"):
        env.reset()


def test_files_of_an_archive_keep_the_time_of_their_last_change(make, checkout):
    files = checkout / "test_environments" / "logs"
    shutil.rmtree(files)
    with zipfile.ZipFile(f"{files}.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("logs/old.log", (2021, 6, 5, 4, 3, 2)), "old")
        exact = zipfile.ZipInfo("logs/exact.log", (2021, 6, 5, 4, 3, 2))
        exact.extra = struct.pack("<HHI", 0x7875, 4, 0) + struct.pack("<HHBi", 0x5455, 5, 1, 1_600_000_001)
        archive.writestr(exact, "exact")
    env = make("filesystem", "logs/count")
    env.reset()
    scratch = Path(env.service.environ()["FILESYSTEM_TEST_DIR"])
    assert (scratch / "old.log").stat().st_mtime == datetime(2021, 6, 5, 4, 3, 2).timestamp()
    assert (scratch / "exact.log").stat().st_mtime == 1_600_000_001
    told = env.step(written(Call("file_info", {"path": "exact.log"}))).obs
    assert '"size": 5' in told
    assert datetime.fromtimestamp(1_600_000_001).astimezone().isoformat() in told


def test_the_order_is_the_seeds(make):
    def names(env, n=6):
        return [env.reset()[1]["task_name"] for _ in range(n)]

    assert names(make("filesystem", seed=3)) == names(make("filesystem", seed=3))
    env = make("filesystem", seed=None)
    env.reset(seed=5)
    first = [env.task.name, *names(env)]
    env.reset(seed=5)
    assert [env.task.name, *names(env)] == first
    assert len({*first}) == 2
    assert env.reset(idx=1)[1]["task_name"] == "logs__tidy"
    with pytest.raises(ConfigError, match="0 to 1"):
        env.reset(idx=2)


def test_the_last_turn_is_judged_too(make):
    env = make("filesystem", "logs/count", max_turns=2)
    for content, reward in (("2", 1.0), ("3", 0.0)):
        env.reset()
        env.step("<tool_call>")
        result = env.step(written(Call("write_file", {"path": "count.txt", "content": content})))
        assert (result.reward, result.terminated, result.truncated) == (reward, False, True)
        assert result.info["success"] == bool(reward)


@pytest.mark.parametrize("action", ["", None, 7, "\0", "\ud800", "<answer>", "x" * 1_000_000])
def test_any_other_action_ends_the_episode(make, action):
    env = make("filesystem", "logs/count")
    env.reset()
    result = env.step(action)
    assert (result.reward, result.terminated) == (0.0, True)


def test_a_call_that_cannot_be_read_is_told(make):
    env = make("filesystem", "logs/count")
    env.reset()
    result = env.step("<tool_call><tool_name>read_file</tool_name><arguments>{</arguments></tool_call>")
    assert "That is no call" in result.obs
    assert not result.done


@pytest.mark.parametrize(
    ("verify", "message"),
    [
        ("import os; os._exit(3)", "exit code 3"),
        ("import os; os.kill(os.getpid(), 9)", "exit code -9"),
        ("import no_such_package", "lacks a package"),
        ("import time; time.sleep(60)", "did not end within"),
        ("raise ConnectionRefusedError('no')", "did not reach its server"),
        (
            "class OperationalError(Exception): pass\n"
            "raise OperationalError('connection to server failed: Connection refused\\n\\tIs the server running?')",
            "connection to server failed",
        ),
    ],
)
def test_a_verifier_that_breaks_down_judges_nobody(make, checkout, verify, message):
    add_task(checkout, "filesystem", "logs", "broken", "Try.", verify)
    env = make("filesystem", "logs/broken", verify_timeout_s=0.5)
    env.reset()
    result = env.step(DONE)
    assert (result.reward, result.terminated, result.truncated) == (0.0, False, True)
    assert message in result.info["error"]["message"]
    assert result.info["success"] is False


def test_a_verifier_that_raises_says_no(make, checkout):
    add_task(checkout, "filesystem", "logs", "strict", "Try.", "raise FileNotFoundError('count.txt')")
    result = play(make("filesystem", "logs/strict"))
    assert (result.reward, result.terminated) == (0.0, True)
    assert "FileNotFoundError" in result.info["verify_output"]


def test_a_verifier_that_merely_speaks_of_a_connection_says_no(make, checkout):
    add_task(checkout, "filesystem", "logs", "strict", "Try.", "print('ConnectionError: none'); raise SystemExit(1)")
    assert play(make("filesystem", "logs/strict")).terminated


def test_what_a_verifier_has_started_ends_with_it(make, checkout, tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    child = f"f = open({str(fifo)!r}, 'w'); import time; time.sleep(60)"
    verify = f"import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', {child!r}])"
    add_task(checkout, "filesystem", "logs", "broken", "Try.", verify)
    env = make("filesystem", "logs/broken", verify_timeout_s=0.2)
    env.reset()
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert "did not end within" in env.step(DONE).info["error"]["message"]
        with contextlib.suppress(BlockingIOError):  # it is being ended
            assert os.read(reader, 1) == b""
            return
        assert select.select([reader], [], [], 10)[0]
        assert os.read(reader, 1) == b""  # nobody holds the other end any more
    finally:
        os.close(reader)


def test_an_interpreter_that_is_not_there_is_told(make):
    env = make("filesystem", "logs/count", python="/no/such/python")
    env.reset()
    assert "could not be run" in env.step(DONE).info["error"]["message"]


def test_other_tools_may_take_the_place_of_ours(make):
    seen = []

    def connect(environ):
        seen.append(environ)
        return FilesServer(Folder(environ["FILESYSTEM_TEST_DIR"]))

    env = make("filesystem", "logs/count", connect=connect)
    assert play(env, Call("write_file", {"path": "count.txt", "content": "2"})).reward == 1.0
    assert list(seen[0]) == ["FILESYSTEM_TEST_DIR"]
    env = make("filesystem", "logs/count", connect=False)
    assert env.reset()[0] == "Write into count.txt how many .log files there are."
    assert env.step("<tool_call><tool_name>x</tool_name></tool_call>").terminated


def test_tools_that_die_end_the_episode(make):
    class Dying(FilesServer):
        def call(self, name, arguments):
            raise McpUnavailable("it is gone")

    env = make("filesystem", "logs/count", connect=lambda environ: Dying())
    env.reset()
    result = env.step(env.sample_random_action())
    assert (result.truncated, result.info["error"]) == (True, {"type": "McpUnavailable", "message": "it is gone"})


def test_what_lies_on_disk_is_not_copied(make):
    env = make("filesystem")
    env.reset()
    for copying in (env.snapshot, env.fork):
        with pytest.raises(SnapshotUnsupported):
            copying()


# -- postgres --------------------------------------------------------------------------------------

ASK = """
import os, subprocess, sys
for name, variable in (("HOST", "PGHOST"), ("PORT", "PGPORT"), ("USERNAME", "PGUSER"), ("DATABASE", "PGDATABASE")):
    os.environ[variable] = os.environ[f"POSTGRES_{name}"]
def ask(sql):
    words = ["psql", "-X", "-At", "-v", "ON_ERROR_STOP=1", "-c", sql]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
"""
RAISE_VERIFY = f"""{ASK}
sys.exit(0 if ask("SELECT string_agg(pay::text, ',' ORDER BY id) FROM staff") == "110,200" else 1)
"""
TAG_PREPARE = f"""{ASK}
ask("CREATE TABLE tags (name text)")
"""
TAG_VERIFY = f"""{ASK}
sys.exit(0 if ask("SELECT name FROM tags") == "blue" else 1)
"""


def binaries():
    """Where PostgreSQL's own programs are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    named = shutil.which("initdb")
    if found or named:
        return found[-1].parent if found else Path(named).parent
    return None


def as_nobody_special():
    """Words before a command, by which it does not run as root; and the user's name."""
    if os.geteuid() != 0:
        return [], None
    user = next(name for name in ("postgres", "nobody") if _is_user(name))
    return ["runuser", "-u", user, "--"], user


def _is_user(name):
    import pwd

    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(name))
    return False


@pytest.fixture(scope="module")
def database():
    """A scratch PostgreSQL server on loopback: its variables as MCPMark names them."""
    place = binaries()
    if place is None or shutil.which("psql") is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    before, user = as_nobody_special()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = Path(tempfile.mkdtemp(prefix="gem-postgres-"))
    if user is not None:
        shutil.chown(home, user)

    def run(*words):
        subprocess.run([*before, *words], check=True, cwd="/", stdout=subprocess.DEVNULL, timeout=60)

    try:
        run(
            place / "initdb",
            "-D",
            home / "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C",
        )
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={home} -c fsync=off"
        run(place / "pg_ctl", "-D", home / "data", "-l", home / "log", "-o", options, "-w", "start")
        try:
            yield {"POSTGRES_HOST": "127.0.0.1", "POSTGRES_PORT": str(port), "POSTGRES_USERNAME": "postgres"}
        finally:
            run(place / "pg_ctl", "-D", home / "data", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(home)


@pytest.fixture
def postgres(checkout, database, monkeypatch):
    """The checkout with two tasks over databases, one of a dump and one that a script prepares."""
    for name, value in database.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("POSTGRES_DATABASE", raising=False)
    add_task(checkout, "postgres", "office", "raise_pay", "Raise the pay of Ada by 10.", RAISE_VERIFY)
    add_task(checkout, "postgres", "tags", "paint", "Add the tag blue.", TAG_VERIFY, prepare=TAG_PREPARE)
    states = checkout / "postgres_state"
    states.mkdir()
    table = "CREATE TABLE staff (id int PRIMARY KEY, name text, pay int);"
    (states / "office.sql").write_text(f"{table} INSERT INTO staff VALUES (1, 'Ada', 100), (2, 'Bo', 200);")
    return checkout


def databases(variables):
    """The databases that there are."""
    environ = {"PGHOST": variables["POSTGRES_HOST"], "PGPORT": variables["POSTGRES_PORT"], "PGUSER": "postgres"}
    words = ["psql", "-X", "-At", "-d", "postgres", "-c", "SELECT datname FROM pg_database WHERE NOT datistemplate"]
    done = subprocess.run(words, env={**os.environ, **environ}, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.fixture
def clerk(checkout, monkeypatch):
    """A service over no server: what it is asked to do is noted, and what holds a word of `fails` fails."""
    (checkout / "postgres_state").mkdir()
    (checkout / "postgres_state" / "office.sql").write_text("")
    add_task(checkout, "postgres", "office", "raise_pay", "Raise.", "")
    done, fails = [], set()

    def run(command, variables, accepted=(0,)):
        done.append(command[-1])
        if any(word in command[-1] for word in fails):
            raise McpUnavailable("it is down")

    monkeypatch.setattr(postgres_service, "_run", run)
    monkeypatch.setattr(postgres_service.shutil, "which", lambda name: name)
    tasks = find_tasks("postgres", root=checkout)
    return lambda: postgres_service.PostgresService(checkout, tasks), tasks[0], done, fails


def test_a_template_that_was_not_restored_is_made_again(clerk):
    make_service, task, done, fails = clerk
    service = make_service()
    fails.add("office.sql")
    with pytest.raises(McpUnavailable):
        service.begin(task)
    fails.clear()
    done.clear()
    service.begin(task)
    assert [words.split()[0] for words in done if "office" not in words] == ["DROP", "CREATE", "CREATE"]
    assert sum("office.sql" in words for words in done) == 1
    service.close()


def test_a_database_that_is_not_dropped_does_not_keep_the_others(clerk, caplog):
    make_service, task, done, fails = clerk
    service = make_service()
    service.begin(task)
    fails.add(f"{service.stem}_0")
    done.clear()
    service.close()
    assert len(done) == 2
    assert "is left behind" in caplog.text
    fails.clear()
    service.close()
    service.close()
    assert len(done) == 3


def test_a_service_that_is_forgotten_drops_its_databases(clerk):
    make_service, task, done, _ = clerk
    service = make_service()
    service.begin(task)
    done.clear()
    del service
    assert [words.split()[0] for words in done] == ["DROP", "DROP"]


@pytest.mark.slow
def test_a_database_task_pays_whoever_does_it(postgres, make, database):
    env = make("postgres", "office")
    pay = Call("execute", {"sql": "UPDATE staff SET pay = 110 WHERE name = 'Ada'"})
    looks = [
        Call("list_tables", {}),
        Call("describe_table", {"table": "staff"}),
        Call("query", {"sql": "SELECT * FROM staff"}),
    ]
    assert play(env, *looks, pay).reward == 1.0
    result = play(env)
    assert (result.reward, result.terminated, result.info["success"]) == (0.0, True, False)
    assert play(env, pay, Call("execute", {"sql": "DELETE FROM staff WHERE id = 2"})).reward == 0.0
    assert len(databases(database)) == 3
    env.close()
    assert databases(database) == {"postgres"}


@pytest.mark.slow
def test_a_script_may_make_the_database_ready(postgres, make):
    env = make("postgres", "tags/paint")
    for _ in range(2):
        assert play(env, Call("execute", {"sql": "INSERT INTO tags VALUES ('blue')"})).reward == 1.0
    assert play(env).reward == 0.0
    (env.tasks[0].folder / "prepare_environment.py").write_text("raise ValueError('no')")
    with pytest.raises(McpUnavailable, match="could not be made ready"):
        env.reset()


@pytest.mark.slow
def test_a_binary_dump_is_restored(postgres, make, database):
    with contextlib.closing(MCPMarkEnv("postgres", "office", root=postgres)) as env:
        env.reset()
        environ = {"PGHOST": database["POSTGRES_HOST"], "PGPORT": database["POSTGRES_PORT"], "PGUSER": "postgres"}
        dump = postgres / "postgres_state" / "office.backup"
        words = ["pg_dump", "-Fc", "-f", str(dump), env.service.environ()["POSTGRES_DATABASE"]]
        subprocess.run(words, env={**os.environ, **environ}, check=True, timeout=60)
    (postgres / "postgres_state" / "office.sql").unlink()
    env = make("postgres", "office")
    assert play(env, Call("execute", {"sql": "UPDATE staff SET pay = 110 WHERE id = 1"})).reward == 1.0


@pytest.mark.slow
def test_sql_is_refused_or_bounded_and_never_a_command_of_psql(postgres, make, tmp_path):
    env = make("postgres", "office")
    env.reset()
    server = env.service.source()

    def ask(tool, sql):
        result = server.call(tool, {"sql": sql})
        return result.is_error, result.content[0].text

    shell = tmp_path / "shell"
    for sql in (f"\\! touch {shell}", f" \\! touch {shell}", f"\n\\copy staff to '{shell}'", f"SELECT 1 \\g {shell}"):
        assert ask("execute", sql)[0]
        assert ask("query", sql)[0]
    assert not shell.exists()
    assert ask("query", "DELETE FROM staff") == (True, "ERROR:  cannot execute DELETE in a read-only transaction")
    assert ask("execute", "DELETE FROM staff; SELEC")[0]
    assert ask("query", "SELECT count(*) FROM staff") == (False, "count\n2\n")
    assert "more" in ask("query", "SELECT repeat('x', 1000) FROM generate_series(1, 5000)")[1]
    assert ask("execute", "x" * 200_000)[0]
    assert ask("execute", "a\0b")[0]
    assert ask("execute", "")[0] is False
    assert server.call("describe_table", {"table": "none'"}).is_error
    assert "name,type" in server.call("describe_table", {"table": "staff"}).content[0].text


@pytest.mark.slow
def test_a_database_that_is_gone_is_no_fault_of_the_agents(postgres, make, database):
    env = make("postgres", "office")
    env.reset()
    drop = f'DROP DATABASE "{env.service.environ()["POSTGRES_DATABASE"]}" WITH (FORCE)'
    environ = {"PGHOST": database["POSTGRES_HOST"], "PGPORT": database["POSTGRES_PORT"], "PGUSER": "postgres"}
    subprocess.run(
        ["psql", "-X", "-q", "-d", "postgres", "-c", drop], env={**os.environ, **environ}, check=True, timeout=60
    )
    result = env.step(written(Call("query", {"sql": "SELECT 1"})))
    assert (result.truncated, result.reward, result.info["error"]["type"]) == (True, 0.0, "McpUnavailable")
    env.reset()


def test_a_server_that_is_not_there_is_told():
    if shutil.which("psql") is None:
        pytest.skip("psql is not installed")
    with socket.socket() as taken:  # bound, and not listening
        taken.bind(("127.0.0.1", 0))
        variables = {"POSTGRES_HOST": "127.0.0.1", "POSTGRES_PORT": str(taken.getsockname()[1])}
        server = PostgresServer(
            {**variables, "POSTGRES_USERNAME": "x", "POSTGRES_PASSWORD": "", "POSTGRES_DATABASE": "x"}
        )
        with pytest.raises(McpUnavailable, match="cannot be reached"):
            server.call("query", {"sql": "SELECT 1"})


def test_a_category_without_its_database_is_named(checkout):
    add_task(checkout, "postgres", "office", "raise_pay", "Raise.", "")
    with pytest.raises(DataNotFound, match=r"office\.backup"):
        MCPMarkEnv("postgres", root=checkout)


def test_the_interpreter_is_this_one_unless_it_is_named(make):
    assert make("filesystem").python == sys.executable


@pytest.mark.slow
def test_the_reference_server_of_npm_may_take_the_place_of_ours(make):
    pytest.importorskip("mcp")
    from gem.mcp import connect
    from tests.mcp.installed import npm_server

    script = npm_server("filesystem")
    env = make(
        "filesystem",
        "logs/count",
        connect=lambda place: connect({"command": "node", "args": [script, place["FILESYSTEM_TEST_DIR"]]}),
    )
    path = f"{env.service.environ()['FILESYSTEM_TEST_DIR']}/count.txt"
    assert play(env, Call("write_file", {"path": path, "content": "2"})).reward == 1.0
    assert play(env).reward == 0.0
