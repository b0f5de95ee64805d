"""gem.cli: the command `gem-gym`, in this process and as users start it."""

import json
import subprocess
import sys

import pytest

import gem
from gem import cli
from gem.cli import COMMANDS, bench, listing, load, main
from gem.errors import GemError

EASY = "game:GuessTheNumber-v0-easy"
QUICK = ["--seeds", "1", "--skip", "long_replies_are_answered_quickly"]


# -- the whole ----------------------------------------------------------------------------------


def test_help_lists_every_command(capsys):
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    for name in COMMANDS:
        assert f"    {name} " in printed
        assert load(name).HELP in printed


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_of_its_own(name, capsys):
    assert main([name, "--help"]) == 0
    assert f"usage: gem-gym {name}" in capsys.readouterr().out


def test_version_is_that_of_the_package(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"gem-gym {gem.__version__}\n"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nope"],
        ["list", "--nope"],
        ["play"],
        ["play", EASY, "--seed", "x"],
        ["bench"],
        ["check", EASY, "--seeds", "few"],
    ],
)
def test_a_wrong_command_line_is_explained_and_exits_with_2(words, capsys):
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "usage: gem-gym" in captured.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["play", "game:GuessTheNumber-v0-esay"], f"Did you mean '{EASY}'"),
        (["bench", "nope"], "not found in registry"),
        (["check", "nope"], "not found in registry"),
        (["check"], "--all"),
        (["check", EASY, "--skip", "nope"], "no promise is called"),
        (["bench", EASY, "--episodes", "0"], "at least 1"),
        (["check", EASY, "--seeds", "0"], "at least one seed"),
    ],
)
def test_a_mistake_in_what_was_asked_is_one_line_and_exits_with_2(words, said, capsys):
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("gem-gym: ")
    assert captured.err.count("\n") == 1
    assert said in captured.err


def test_an_interrupted_command_exits_with_130(monkeypatch):
    def interrupted(args):
        raise KeyboardInterrupt

    monkeypatch.setattr(load("list"), "run", interrupted)
    assert main(["list"]) == 130


def test_errors_of_several_lines_are_printed_as_one(monkeypatch, capsys):
    def failing(args):
        raise GemError("first\n  second")

    monkeypatch.setattr(load("list"), "run", failing)
    assert main(["list"]) == 2
    assert capsys.readouterr().err == "gem-gym: first second\n"


def test_errors_that_nobody_foresaw_keep_their_traceback(monkeypatch):
    def failing(args):
        raise ZeroDivisionError

    monkeypatch.setattr(load("list"), "run", failing)
    with pytest.raises(ZeroDivisionError):
        main(["list"])


@pytest.mark.slow
@pytest.mark.parametrize("words", [["--help"], ["list"], ["check", EASY, *QUICK], ["bench", EASY, "--episodes", "2"]])
def test_quick_commands_import_nothing_heavy(run_python, words):
    code = f"""
import sys
from gem.cli import main
assert main({words!r}) == 0
assert not {{'torch', 'jinja2', 'tokenizers', 'matplotlib', 'rich'}} & set(sys.modules)
"""
    run_python(code)


@pytest.mark.slow
def test_the_package_is_a_command():
    done = subprocess.run([sys.executable, "-m", "gem", "list", EASY], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{EASY}\n", "")


@pytest.mark.slow
def test_a_reader_that_leaves_early_is_no_error():
    words = f"{sys.executable} -m gem list --json; echo $? >&2"
    done = subprocess.run(["bash", "-c", f"({words}) | true"], capture_output=True, text=True, check=False)
    assert done.stderr.strip() in {"0", str(cli.BROKEN_PIPE)}


# -- list ---------------------------------------------------------------------------------------


def test_list_prints_every_id(capsys):
    assert main(["list"]) == 0
    assert capsys.readouterr().out.split() == [spec.id for spec in gem.specs()]


def test_list_filters_by_every_word_whatever_its_capitals(capsys):
    assert main(["list", "guess", "V1"]) == 0
    printed = capsys.readouterr().out.split()
    assert printed
    assert all("GuessTheNumber-v1" in env_id for env_id in printed)


def test_list_without_a_match_says_so_and_exits_with_1(capsys):
    assert main(["list", "chess"]) == 1
    assert "no id contains chess" in capsys.readouterr().err


@pytest.mark.usefixtures("registry_as_it_was")
def test_list_as_json_holds_what_each_id_builds(capsys):
    gem.register("game:Odd-v0", test_list_prints_every_id, values={1, 2})
    assert main(["list", "--json"]) == 0
    by_id = {entry["id"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert by_id[EASY]["kwargs"]["max_number"] == 10
    assert by_id[EASY]["entry_point"] == "gem.envs.games.guess_the_number:GuessTheNumberEnv"
    assert by_id["game:Odd-v0"]["entry_point"].endswith("test_cli:test_list_prints_every_id")
    assert by_id["game:Odd-v0"]["kwargs"] == {"values": "{1, 2}"}


@pytest.mark.parametrize(
    ("env_id", "family"),
    [
        ("game:Sokoban-v0-easy", "game:Sokoban"), ("game:Game2048-v1", "game:Game2048"), ("math:GSM8K", "math:GSM8K"),
        ("x:A-v0-very-hard", "x:A"), ("x:A-vision-v2", "x:A-vision"), ("x:A-vision", "x:A-vision"),
    ],
)  # fmt: skip
def test_a_family_is_an_id_without_version_and_variant(env_id, family):
    assert listing.family(env_id) == family


# -- check --------------------------------------------------------------------------------------


def test_check_prints_a_line_for_each_promise(capsys):
    assert main(["check", EASY, *QUICK]) == 0
    printed = capsys.readouterr().out
    assert "kept         oracle_wins" in printed
    assert "1 of 1 envs keep every promise" in printed


@pytest.fixture
def broken(registry_as_it_was):
    gem.register("t:Broken-v0", _NeverOver)
    return "t:Broken-v0"


class _NeverOver(gem.Env):
    def _reset(self):
        self.state = int(self.rng.integers(2**40))
        return "x", {}

    def _step(self, action):
        return gem.StepResult("x", float("nan"), False, False, {})


def test_check_exits_with_1_if_a_promise_is_broken(broken, capsys):
    assert main(["check", broken, EASY, *QUICK]) == 1
    printed = capsys.readouterr().out
    assert "BROKEN       rewards_are_finite: the reward is nan [seed 0, actions [" in printed
    assert "1 of 2 envs keep every promise" in printed


def test_check_as_json_is_one_object_a_line(broken, capsys):
    assert main(["check", broken, "--json", *QUICK]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    verdicts = {verdict["promise"]: verdict["kept"] for verdict in json.loads(line)["verdicts"]}
    assert verdicts["rewards_are_finite"] is False
    assert verdicts["oracle_wins"] is None


# -- bench --------------------------------------------------------------------------------------


def test_bench_reports_steps_and_resets_apart(capsys):
    assert main(["bench", EASY, "--episodes", "3"]) == 0
    step, reset = capsys.readouterr().out.splitlines()
    assert step.startswith("step ")
    assert reset.startswith("reset ")
    assert "3 calls" in reset


def test_bench_steps_several_envs_as_a_vector(capsys):
    assert main(["bench", EASY, "--episodes", "4", "--num-envs", "2"]) == 0
    assert "of one env among 2" in capsys.readouterr().out


def test_bench_counts_every_call():
    steps, resets = bench.measure(gem.make(EASY), 5, seed=0)
    assert resets.calls == 5
    assert 5 <= steps.calls <= 20
    assert steps.seconds > 0


# -- what other packages bring ------------------------------------------------------------------


def test_ids_of_other_packages_stand_in_one_paragraph(capsys):
    assert main(["list", "rg:"]) == 0
    printed = capsys.readouterr().out.strip()
    assert "rg:acre" in printed
    assert "\n\n" not in printed


def test_what_cannot_run_here_is_listed_with_its_reason(capsys):
    assert main(["list", "--absent", "Klondike"]) == 0
    assert "ta:Klondike-v0" in (printed := capsys.readouterr().out)
    assert "no valid Python" in printed
    assert main(["list", "--absent", "sudoku-on-mars"]) == 1


def test_options_may_stand_between_words(capsys):
    assert main(["list", "sudoku", "--json", "-v1"]) == 2  # "-v1" looks like an option
    capsys.readouterr()
    assert main(["list", "game:sudoku", "--json", "easy"]) == 0
    assert [found["id"] for found in json.loads(capsys.readouterr().out)] == [
        "game:Sudoku-v0-easy",
        "game:Sudoku-v1-easy",
    ]
