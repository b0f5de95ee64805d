"""SearchTool: what it searches in, what the agent reads, and that no failure of a search ends anything."""

import copy
import logging
import os
import pickle
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest

import gem
from gem import search
from gem.envs.fictional_qa import FictionalQaEnv
from gem.errors import ConfigError, SearchUnavailable
from gem.search import Hit, MemoryRetriever, Passage, Retriever
from gem.tools import BaseTool, SearchTool, ToolEnvWrapper, search_tool
from gem.tools.search_tool import MAX_QUERY_CHARS, NOTHING_FOUND, remote
from gem.wrappers.presets import get_wrapper_fns
from tests.envs.researcher import Researcher
from tests.tools.fakes import Listener

HARBOUR = Passage("1", "The Glass Harbour", "A novel by Ines Varga.")
LAMP = Passage("2", "Lamp", "Varga lit it.\nTwice.")


class FakeRetriever(Retriever):
    """Finds the same passages for every query, or fails as it is told."""

    def __init__(self, *passages, failure=None):
        self.passages, self.failure = passages, failure
        self.queries = []

    def search(self, query, topk=3):
        self.queries.append((query, topk))
        if self.failure is not None:
            raise self.failure
        return [Hit(passage, 1.0) for passage in self.passages[:topk]]


@pytest.fixture(autouse=True)
def no_url(monkeypatch):
    monkeypatch.delenv("SEARCH_URL", raising=False)


def told(tool, query):
    is_valid, has_error, observation, _ = tool.execute_action(f"<search>{query}</search>")
    assert is_valid
    assert observation.startswith("\n\n<information>")
    assert observation.endswith("</information>\n\n")
    return has_error, observation.strip().removeprefix("<information>").removesuffix("</information>")


# -- calls --------------------------------------------------------------------------------------------


def test_passages_are_numbered_with_their_titles():
    tool = SearchTool(retriever=FakeRetriever(HARBOUR, LAMP))
    action = "Let me see. <search> glass harbour </search> I guess <search>more</search>"
    assert tool.execute_action(action) == (
        True,
        False,
        "\n\n<information>Doc 1(Title: The Glass Harbour) A novel by Ines Varga.\n"
        "Doc 2(Title: Lamp) Varga lit it.\nTwice.\n</information>\n\n",
        "Let me see. <search> glass harbour </search>",
    )
    assert tool.retriever.queries == [("glass harbour", 3)]
    assert tool.find_call(action) == action.index("<search>")


@pytest.mark.parametrize("action", ["", "glass harbour", "<search>glass", "glass</search>", "<SEARCH>x</SEARCH>"])
def test_what_holds_no_query_is_no_call_and_searches_nothing(action):
    tool = SearchTool(retriever=FakeRetriever(HARBOUR))
    assert tool.find_call(action) is None
    assert tool.execute_action(action) == (False, True, "", action)
    assert tool.retriever.queries == []


def test_of_nested_tags_the_innermost_count():
    tool = SearchTool(retriever=FakeRetriever(HARBOUR))
    assert tool.execute_action("<search>I <search>glass</search> on")[3] == "<search>I <search>glass</search>"
    assert tool.retriever.queries == [("glass", 3)]


def test_topk_is_how_many_passages_are_asked_for():
    tool = SearchTool(topk=1, retriever=FakeRetriever(HARBOUR, LAMP))
    assert "Doc 2" not in told(tool, "lamp")[1]
    assert "the passage that fits best" in tool.instruction_string()


def test_nothing_found_is_no_error():
    assert told(SearchTool(retriever=FakeRetriever()), "xyzzy") == (False, NOTHING_FOUND)


def test_long_passages_are_shortened():
    long = Passage("3", "Long", "x" * 100_000)
    has_error, observation = told(SearchTool(retriever=FakeRetriever(long), max_output_chars=500), "x")
    assert not has_error
    assert len(observation) < 700
    assert "characters left out" in observation


@pytest.mark.parametrize("query", ["", "   ", "\n", "x" * (MAX_QUERY_CHARS + 1), "x" * 2**20])
def test_what_is_no_query_is_said_to_be_none_and_not_searched_for(query):
    tool = SearchTool(retriever=FakeRetriever(HARBOUR))
    has_error, observation = told(tool, query)
    assert has_error
    assert observation.startswith("[SearchTool Error: the query ")
    assert len(observation) < 200
    assert tool.retriever.queries == []


@pytest.mark.parametrize(
    "query",
    ['"', "a AND", "NEAR(", "title:*", "\0", "\ud800", "<search>glass", "<b>glass</b>", "'); DROP--", "é" * 900],
)
def test_any_text_is_a_query(query):
    has_error, observation = told(SearchTool(retriever=MemoryRetriever([HARBOUR, LAMP])), query)
    assert not has_error
    assert observation


@pytest.mark.parametrize(
    "failure", [SearchUnavailable("the index is closed"), ConnectionResetError("gone"), TimeoutError("too slow")]
)
def test_a_failed_search_is_an_observation(failure, caplog):
    tool = SearchTool(retriever=FakeRetriever(failure=failure))
    with caplog.at_level(logging.WARNING):
        assert told(tool, "glass") == (True, f"[SearchTool Error: {failure}]")
    assert str(failure) in caplog.text


def test_a_failed_search_ends_no_episode():
    env = ToolEnvWrapper(Listener(), [SearchTool(retriever=FakeRetriever(failure=SearchUnavailable("no")))])
    env.reset(seed=0)
    obs, reward, terminated, truncated, info = env.step("<search>glass</search>")
    assert "[SearchTool Error: no]" in obs
    assert (reward, terminated, truncated, info["tool_error"], info["tool_type"]) == (0, False, False, True, "search")
    assert env.step("hello").obs.startswith("I heard you")


# -- what is searched in ------------------------------------------------------------------------------


def test_a_retriever_goes_before_a_url_and_that_before_the_variable(monkeypatch):
    monkeypatch.setenv("SEARCH_URL", "http://127.0.0.1:9/variable")
    env = FictionalQaEnv(entities=200)
    given = FakeRetriever(HARBOUR)
    for arguments, found in (
        ({"retriever": given, "search_url": "http://127.0.0.1:9/url"}, given),
        ({"search_url": "http://127.0.0.1:9/url"}, remote("http://127.0.0.1:9/url", 5)),
        ({}, remote("http://127.0.0.1:9/variable", 5)),
    ):
        tool = SearchTool(**arguments)
        tool.attach(env)
        tool.reset()
        assert tool._place is found
    monkeypatch.delenv("SEARCH_URL")
    tool = SearchTool()
    tool.attach(env)
    tool.reset()
    assert tool._place is env.retriever


@pytest.mark.parametrize("url", ["http://localhost/ü", f"http://{'x' * 80}.org", "localhost"])
def test_an_address_that_is_none_is_told_at_reset_in_one_kind_of_error(url):
    with pytest.raises(ConfigError, match="url is where a service listens"):
        SearchTool(search_url=url).reset()


def test_a_child_of_a_fork_asks_a_server_although_a_thread_of_its_parent_looked_one_up():
    with search_tool._lock:
        process_id = os.fork()
        if process_id == 0:  # pragma: no cover
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(2)
            os._exit(0 if remote("http://127.0.0.1:9/retrieve", 5) else 1)
        assert os.waitpid(process_id, 0)[1] == 0


def test_the_variable_is_read_when_it_is_needed(monkeypatch):
    tool = SearchTool()
    monkeypatch.setenv("SEARCH_URL", " http://127.0.0.1:9/retrieve ")
    tool.reset()
    assert tool._place is remote("http://127.0.0.1:9/retrieve", 5)
    monkeypatch.setenv("SEARCH_URL", "http://127.0.0.1:9/elsewhere")
    tool.reset()
    assert tool._place is remote("http://127.0.0.1:9/elsewhere", 5)


@pytest.mark.parametrize("env", [None, Listener(), ToolEnvWrapper(Listener(), [])])
def test_nothing_to_search_in_is_said_at_reset_with_the_ways_out(env):
    tool = SearchTool()
    if env is not None:
        tool.attach(env)
    with pytest.raises(ConfigError) as caught:
        tool.reset()
    for way in ("SearchTool(retriever=", "search_url=", "SEARCH_URL", "gem-gym serve search", "qa:Fictional-v1"):
        assert way in str(caught.value)
    with pytest.raises(ConfigError):
        tool.execute_action("<search>glass</search>")
    assert tool.execute_action("no call")[0] is False


def test_an_env_s_corpus_is_found_through_other_wrappers():
    env = FictionalQaEnv(entities=200)
    for wrap in get_wrapper_fns("concat,search_tool_no_int_reward"):
        env = wrap(env)
    env.reset(seed=0)
    assert env.tools[0]._place is env.unwrapped.retriever


@pytest.mark.parametrize("options", [{"topk": 0}, {"timeout": 0}, {"max_output_chars": 0}])
def test_nonsense_is_refused(options):
    with pytest.raises(ConfigError):
        SearchTool(**options)


def test_an_address_that_is_none_is_refused_at_reset():
    with pytest.raises(ConfigError, match="nowhere"):
        SearchTool(search_url="nowhere").reset()


# -- many envs ----------------------------------------------------------------------------------------


def test_envs_share_a_server_s_client_for_as_long_as_one_of_them_uses_it():
    url = "http://127.0.0.1:9/shared"
    tools = [SearchTool(search_url=url) for _ in range(3)]
    for tool in tools:
        tool.reset()
    assert len({id(tool._place) for tool in tools}) == 1
    for tool in tools[:-1]:
        tool.close()
    assert (url, 5) in search_tool._REMOTE
    tools[-1].close()
    assert (url, 5) not in search_tool._REMOTE


def test_a_spawned_tool_shares_a_given_retriever_and_no_env():
    given = FakeRetriever(HARBOUR)
    assert SearchTool(retriever=given).spawn().retriever is given
    tool = SearchTool()
    tool.attach(FictionalQaEnv(entities=200))
    tool.reset()
    with pytest.raises(ConfigError):
        tool.spawn().reset()
    with pytest.raises(ConfigError):
        copy.deepcopy(tool).reset()


def test_a_fork_searches_in_its_own_env():
    env = ToolEnvWrapper(FictionalQaEnv(entities=200, hops=2), [SearchTool()])
    obs, _ = env.reset(idx=1)
    agent = Researcher(obs)
    seen = env.step(agent(None)).obs
    twin = env.fork()
    following = agent(seen)
    assert twin.step(following).obs == env.step(following).obs
    assert twin.tools[0]._env is twin.env


def test_a_tool_that_has_not_searched_can_be_pickled():
    tool = pickle.loads(pickle.dumps(SearchTool(topk=2)))
    assert isinstance(tool, BaseTool)
    assert (tool.topk, tool.tool_type) == (2, "search")


# -- servers ------------------------------------------------------------------------------------------


@contextmanager
def server(answer):
    """A server that gives `answer(handler)`, and its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer(self)

        def log_message(self, *_):
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.server_port}/retrieve"
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()


def saying(body, status=200, kind="application/json"):
    def answer(handler):
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        saying(b"<html><body>502 Bad Gateway</body></html>", kind="text/html"),
        saying(b"<html><body>no such page</body></html>", status=404, kind="text/html"),
        saying(b""),
        saying(b"{"),
        saying(b'{"result": 7}'),
        saying(b"[]"),
        saying(b"\x93\x01", kind="application/msgpack"),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_an_observation(answer):
    with server(answer) as url:
        tool = SearchTool(search_url=url)
        has_error, observation = told(tool, "glass")
        tool.close()
    assert has_error
    assert observation.startswith("[SearchTool Error: ")
    assert len(observation) < 1000


def test_nobody_there_is_an_observation():
    with server(saying(b"{}")) as url:
        pass
    tool = SearchTool(search_url=url, timeout=0.2)
    has_error, observation = told(tool, "glass")
    assert has_error
    assert observation.startswith("[SearchTool Error: ")


def test_a_server_that_never_answers_costs_no_more_than_the_timeout():
    over = Event()
    with server(lambda _: over.wait(5)) as url:
        has_error, observation = told(SearchTool(search_url=url, timeout=0.1), "glass")
        over.set()
    assert has_error
    assert "0.1 s" in observation


@contextmanager
def served(index, *options):
    """`gem-gym serve search`, in a process of its own; its address."""
    command = [sys.executable, "-m", "gem", "serve", "search", str(index), "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield re.search(r"http://\S+/retrieve", process.stdout.readline())[0]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)


@pytest.mark.slow
def test_episodes_of_many_envs_search_a_corpus_that_is_served(tmp_path, monkeypatch, registry_as_it_was):
    gem.register("qa:Served-v1", FictionalQaEnv, hops=(1, 2))
    search.build(FictionalQaEnv().passages, tmp_path / "index", "fts5")
    won, episodes, searches = 0.0, 0, 0
    with served(tmp_path / "index") as url:
        monkeypatch.setenv("SEARCH_URL", url)
        wrappers = get_wrapper_fns("search_tool_no_int_reward")
        with gem.make_vec(["qa:Served-v1"] * 16, wrappers=wrappers, async_mode=True) as envs:
            assert type(envs.envs[0].tools[0]) is SearchTool
            observations, _ = envs.reset(seed=3)
            agents, seen = [Researcher(obs) for obs in observations], [None] * 16
            while episodes < 64:
                observations, rewards, ends, _, infos = envs.step(
                    [one(obs) for one, obs in zip(agents, seen, strict=True)]
                )
                won, episodes = won + rewards.sum(), episodes + int(ends.sum())
                searches += sum(info["use_tool"] for info in infos)
                for index, (obs, over) in enumerate(zip(observations, ends, strict=True)):
                    seen[index] = None if over else obs
                    agents[index] = Researcher(obs) if over else agents[index]
    assert won == episodes
    assert searches >= episodes


@pytest.mark.slow
def test_a_server_that_dies_and_comes_back_is_an_observation_between_two_answers(tmp_path):
    search.build([HARBOUR, LAMP], tmp_path / "index", "fts5")
    with served(tmp_path / "index") as url:
        tool = SearchTool(search_url=url, timeout=0.5)
        assert "Ines Varga" in told(tool, "glass harbour")[1]
    assert told(tool, "glass harbour")[0]
    with served(tmp_path / "index", "--port", str(urlsplit(url).port)):
        assert told(tool, "glass harbour") == (False, "Doc 1(Title: The Glass Harbour) A novel by Ines Varga.\n")
    tool.close()


# -- presets ------------------------------------------------------------------------------------------


def test_the_presets_search_the_env_s_own_corpus_without_any_configuration():
    for name, paid in (("search_tool", 0.3), ("search_tool_no_int_reward", 0.0)):
        (wrap,) = get_wrapper_fns(name)
        env = wrap(FictionalQaEnv(entities=200, hops=1))
        obs, _ = env.reset(idx=0)
        assert "<search>" in obs
        agent = Researcher(obs)
        step = env.step(agent(None))
        assert step.reward == paid
        assert env.step(agent(step.obs)).reward == 1
        assert (env.max_tool_uses, env.tools[0].topk, env.tools[0].timeout) == (5, 3, 5)


def test_a_preset_around_an_env_without_a_corpus_says_so_at_reset():
    (wrap,) = get_wrapper_fns("search_tool")
    env = wrap(gem.make("game:GuessTheNumber-v0-easy"))
    with pytest.raises(ConfigError, match="SEARCH_URL"):
        env.reset(seed=0)
