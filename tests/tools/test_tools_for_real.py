"""The Python tool with programs that really run: in the sandbox of the process, and in a plain child process."""

import time

import pytest

import gem
from gem import sandbox
from gem.errors import SandboxUnavailable, SnapshotUnsupported
from gem.tools import PythonCodeTool, ToolEnvWrapper
from gem.wrappers.presets import get_wrapper_fns
from tests.tools.fakes import Listener

GAME = "game:GuessTheNumber-v0-easy"


@pytest.fixture(scope="module")
def plain():
    with sandbox.make("subprocess", allow_unsafe=True) as box:
        yield box


@pytest.fixture(scope="module")
def shared():
    try:
        return sandbox.shared()
    except SandboxUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture(params=["plain", "shared"])
def box(request):
    return request.getfixturevalue(request.param)


def say(tool, code):
    return tool.execute_action(f"<python>{code}</python>").observation.removeprefix("Code execution result: ")


@pytest.mark.parametrize(
    ("code", "has_error", "observation"),
    [
        ("print(6 * 7)", False, "42\n\n"),
        ("import sys; print(1); sys.exit(0)", False, "1\n\n"),
        ("import sys; sys.exit(3)", True, "The program ended with exit code 3.\n"),
        ("x = 1", False, "(nothing was printed)\n"),
        ("", False, "(nothing was printed)\n"),
        ("print('caf\u00e9 \U0001f600')", False, "caf\u00e9 \U0001f600\n\n"),
    ],
)
def test_a_program_prints(box, code, has_error, observation):
    answer = PythonCodeTool(sandbox=box).execute_action(f"<python>{code}</python>")
    assert answer[1:3] == (has_error, f"Code execution result: {observation}")


def test_an_error_shows_where_it_was(box):
    said = say(PythonCodeTool(sandbox=box), "print(1)\n1 / 0")
    assert said.startswith("1\n\nTraceback")
    assert "line 2" in said
    assert said.endswith("ZeroDivisionError: division by zero\n")
    assert say(PythonCodeTool(sandbox=box, keep_error_last_line=True), "f(") == "SyntaxError: '(' was never closed\n"


@pytest.mark.slow
def test_defect_22_the_timeout_is_honoured_and_what_was_printed_is_kept(box):
    begun = time.monotonic()
    said = say(PythonCodeTool(0.5, sandbox=box), "print('half', flush=True)\nwhile True: pass")
    assert time.monotonic() - begun < 5
    assert said == "half\n\nExecution timed out after 0.5 seconds.\n"


@pytest.mark.parametrize(
    "code",
    ["import sys; sys.stdout.buffer.write(b'\\xff\\xfe')", "print(chr(0))", "x = '\0'", "x = '\ud800'", "input()"],
)
def test_defect_22_no_bytes_of_a_program_get_out_as_an_exception(box, code):
    assert say(PythonCodeTool(sandbox=box), code)


@pytest.mark.slow
def test_defect_22_fifty_megabytes_are_shown_in_brief(box):
    said = say(PythonCodeTool(sandbox=box), "for _ in range(50): print('x' * 1_000_000)")
    assert len(said) < 9000


def test_the_indentation_of_a_list_is_no_error(box):
    assert say(PythonCodeTool(sandbox=box), "\n   if True:\n       print(1)\n   ") == "1\n\n"


def test_variables_stay_in_a_session(box):
    tool = PythonCodeTool(sandbox=box, stateful=True)
    tool.reset()
    assert [say(tool, code) for code in ("x = 2", "x * 21", "print(x)")][1:] == ["42\n\n", "2\n\n"]
    tool.reset()
    assert "NameError" in say(tool, "x")
    tool.close()


@pytest.mark.slow
def test_a_session_outlives_a_timeout(box):
    tool = PythonCodeTool(0.5, sandbox=box, stateful=True)
    say(tool, "x = 2")
    assert say(tool, "while True: pass").endswith("Execution timed out after 0.5 seconds.\n")
    assert say(tool, "x") == "2\n\n"
    tool.close()


def test_a_session_branches_with_its_env(shared):
    with ToolEnvWrapper(Listener(), [PythonCodeTool(sandbox=shared, stateful=True)]) as env:
        env.reset()
        env.step("<python>x = 2</python>")
        try:
            moment = env.snapshot()
        except SnapshotUnsupported as error:
            pytest.skip(str(error))
        with env.fork() as twin:
            twin.step("<python>x = 3</python>")
            env.step("<python>x += 2</python>")
            read = [each.step("<python>x</python>").obs[-3:] for each in (twin, env)]
        env.restore(moment)
        read.append(env.step("<python>x</python>").obs[-3:])
    assert read == ["3\n\n", "4\n\n", "2\n\n"]


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["loop", "threads", "processes"])
def test_a_vector_of_games_computes(shared, executor):
    fns = get_wrapper_fns("python_tool,concat")
    with gem.make_vec(GAME, num_envs=3, wrappers=fns, executor=executor, seed=1) as vec:
        vec.reset()
        obs, rewards, *_ = vec.step([f"<python>print({i} + 40)</python>" for i in range(3)])
    assert [f"Code execution result: {40 + i}\n" in text for i, text in enumerate(obs)] == [True] * 3
    assert rewards.tolist() == pytest.approx([0.3] * 3)
