"""`gem-gym play`: a person at the terminal, and the solver watched."""

import re
import sys

import pytest

import gem
from gem.cli import main, paint, play
from gem.rollout import EpisodeStore

EASY = "game:GuessTheNumber-v0-easy"
MINES = "game:Minesweeper-v1-easy"
CODE = re.compile("\x1b\\[[0-9;]*m")


@pytest.fixture
def typing(monkeypatch):
    """Replies that a player will type, then the end of the input or what is raised instead."""

    def prepare(*replies, end=EOFError):
        typed = iter(replies)

        def read(prompt=""):
            reply = next(typed, None)
            if reply is None:
                raise end
            return reply

        monkeypatch.setattr("builtins.input", read)

    return prepare


def test_a_player_wins_with_unboxed_moves(typing, capsys):
    env = gem.make(EASY)
    env.reset(seed=4)
    typing(str(env.unwrapped.state.target))
    assert main(["play", EASY, "--seed", "4"]) == 0
    printed = capsys.readouterr().out
    assert "You won. Return 1." in printed


def test_a_player_may_ask_the_expert(typing, capsys):
    typing("?", "", "\\boxed{7}")
    assert main(["play", EASY, "--seed", "4"]) == 0
    printed = capsys.readouterr().out
    assert "The expert would play: 5" in printed
    assert "Turn 1:" in printed


def test_a_player_can_lose_and_run_out_of_turns(typing, capsys):
    typing("gibberish")
    main(["play", EASY])
    assert "You lost. Return -0.1." in capsys.readouterr().out
    typing(*["99"] * 4)
    main(["play", EASY])
    assert "Out of turns. Return 0." in capsys.readouterr().out


@pytest.mark.parametrize("end", [EOFError, KeyboardInterrupt])
def test_a_player_may_leave_at_any_time(typing, capsys, end):
    typing("99", end=end)
    assert main(["play", EASY, "--seed", "1"]) == 0
    assert capsys.readouterr().out.endswith("Goodbye.\n")


@pytest.mark.parametrize(
    ("reply", "action"), [("5", "\\boxed{5}"), ("so \\boxed{5}", "so \\boxed{5}"), ("\\boxed {5}", "\\boxed {5}")]
)
def test_a_reply_is_boxed_once(reply, action):
    assert play.boxed(reply) == action


def test_raw_replies_are_sent_as_typed(typing, capsys):
    typing("5")
    main(["play", EASY, "--raw"])
    assert "no move could be read" in capsys.readouterr().out


def test_a_move_is_taken_back(typing, capsys):
    typing("7", "/undo", "/undo", "7")
    main(["play", EASY, "--seed", "4"])
    printed = capsys.readouterr().out
    assert "There is nothing to take back." in printed
    assert printed.count("Turn 1: ") == 2
    assert "Turn 2: " not in printed


def test_legal_moves_are_suggested_and_accepted(typing, capsys):
    env = gem.make("game:TowerofHanoi-v0-easy")
    typing("/moves")
    main(["play", "game:TowerofHanoi-v0-easy", "--seed", "0"])
    (line,) = [line for line in capsys.readouterr().out.split("\n") if line.startswith("Legal here")]
    env.reset(seed=0)
    moves = line.removeprefix("Legal here, among others: ").split("  ")
    assert set(moves) == {"A B", "A C"}
    assert all(env.is_legal(play.boxed(move)) for move in moves)
    assert not env.is_legal("\\boxed{B A}")
    assert not env.is_legal("hello")


def test_the_commands_are_listed_and_others_are_no_moves(typing, capsys):
    typing("/help", "/board", "/hepl", "/quit")
    assert main(["play", EASY, "--seed", "4"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in play.COMMANDS)
    assert printed.count("No guesses yet.") == 2
    assert "There is no command /hepl." in printed
    assert "Turn 1:" not in printed


def test_the_end_can_be_taken_back_at_a_terminal(typing, capsys, monkeypatch):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    typing("gibberish", "/undo", "/quit")
    main(["play", EASY, "--seed", "4"])
    printed = capsys.readouterr().out
    assert printed.count("No guesses yet.") == 3
    assert printed.endswith("Goodbye.\n")


def test_the_solver_is_watched_to_its_end(capsys):
    assert main(["play", MINES, "--seed", "3", "--solver", "--delay", "0"]) == 0
    printed = capsys.readouterr().out
    assert "> \\boxed{reveal 2 2}" in printed or "> \\boxed{reveal" in printed
    assert printed.endswith("It won. Return 1.\n")


def test_an_env_without_a_solver_cannot_be_watched(capsys, registry_as_it_was):
    class Silent(gem.Env):
        """Says nothing."""

        def _reset(self):
            return "...", {}

    gem.register("demo:Silent-v0", Silent)
    assert main(["play", "demo:Silent-v0", "--solver"]) == 2
    assert "no solver to watch" in capsys.readouterr().err


def test_what_was_played_is_recorded_without_what_was_taken_back(typing, capsys, tmp_path):
    file = tmp_path / "played.jsonl"
    typing("7", "/undo", "5")
    main(["play", EASY, "--seed", "4", "--record", str(file)])
    main(["play", EASY, "--seed", "4", "--solver", "--delay", "0", "--record", str(file)])
    mine, solvers = EpisodeStore(file)
    assert [turn.action for turn in mine.turns] == ["\\boxed{5}"]
    assert (mine.env_id, mine.seed, mine.end, mine.success) == (EASY, 4, "turns", False)
    assert (solvers.success, solvers.end) == (True, "terminated")
    assert solvers.turns[0].observation == mine.turns[0].observation


def test_a_difficulty_is_chosen_by_its_name(typing, capsys):
    assert main(["play", EASY, "--difficulty", "harrd"]) == 2
    assert "Did you mean 'hard'" in capsys.readouterr().err


OBSERVATION = "A board, as usual:\n  0 1 2\n0 . 3 F\n1 # @ 12\nNo moves so far.\n##_#\n"


def test_colours_change_no_character():
    assert CODE.sub("", paint.board(OBSERVATION)) == OBSERVATION


def test_prose_is_not_painted():
    assert paint.board("It is higher than 3.\n\nWhat now?") == "It is higher than 3.\n\nWhat now?"


def test_a_board_is_painted_and_its_labels_are_dim():
    lines = paint.board(OBSERVATION).split("\n")
    assert lines[1] == f"{paint.DIM}  0 1 2{paint.RESET}"
    assert lines[2].startswith(f"{paint.DIM}0{paint.RESET} ")
    assert paint.in_colour("F", paint.GREEN) in lines[2]


def test_pipes_and_no_color_get_plain_text(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stdout", type("Pipe", (), {"isatty": lambda self: False})())
    assert not paint.wanted()
    monkeypatch.setattr(sys, "stdout", type("Screen", (), {"isatty": lambda self: True})())
    assert paint.wanted()
    monkeypatch.setenv("NO_COLOR", "")
    assert not paint.wanted()
