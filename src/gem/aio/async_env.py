"""The contract of an env whose steps are awaited. How sync code drives one is said in `gem.aio.faces`."""

from __future__ import annotations

from typing import Any, Self

from gem.core import ActType, Env, Info, ObsType, StepResult
from gem.errors import EnvError, ResetNeeded
from gem.seeding import generator


class AsyncEnv(Env[ObsType, ActType]):
    r"""An env that waits for something: a server, a sandbox, another process.

    Subclasses implement `async def _reset` and `async def _step`, and keep to the three rules of `Env`; then
    seeds, snapshots, forks, `gem.register` and `gem.make` work as for any env. A constructor opens no
    connection: no event loop runs yet.

        @dataclass
        class Search:
            name: str
            number: str

        class PhoneBook(gem.AsyncEnv):
            '''Find a number in a directory that answers over TCP, a line for a line.'''

            def __init__(self, port: int, names: Sequence[str] = ("Ada", "Kurt", "Emmy")):
                super().__init__()
                self.port, self.names = port, names

            async def _reset(self):
                name = str(self.rng.choice(self.names))
                self.state = Search(name, await self._ask(f"number of {name}"))
                return f"Ask the directory, or answer: what is {name}'s number, in \\boxed{{}}?", {}

            async def _step(self, action):
                answer = gem.parsing.extract_last_boxed_answer(action)
                if answer is None:
                    return transition(await self._ask(action))
                return termination("", float(answer == self.state.number))

            async def _ask(self, question):
                reader, writer = await asyncio.open_connection("localhost", self.port)
                try:
                    writer.write(question.encode(errors="replace").replace(b"\n", b" ") + b"\n")
                    return (await reader.readline()).decode(errors="replace").strip()
                finally:
                    writer.close()

        async with PhoneBook(port) as env:
            obs, info = await env.reset(seed=0)

    An env takes one step at a time; `fork` it to try two at once.
    """

    step_cost = "awaits"
    _step_under_way: bool = False

    async def _reset(self) -> tuple[ObsType, Info]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Set `self.state` to a fresh episode and return its first observation."""
        raise NotImplementedError(f"{type(self).__name__} implements neither _reset() nor reset()")

    async def _step(self, action: ActType) -> StepResult[ObsType]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Apply one action to `self.state`."""
        raise NotImplementedError(f"{type(self).__name__} implements neither _step() nor step()")

    async def reset(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, seed: int | None = None, **options: Any
    ) -> tuple[ObsType, Info]:
        """Start an episode, as `Env.reset` does."""
        if seed is not None and not self._has_foreign_rng():
            self._rng = generator(seed)
        if not self._keeps_state():  # the subclass overrides reset(), and calls here only to seed
            return None, {}  # pyright: ignore[reportReturnType]
        first = await self._reset(**options)
        self._in_episode = True
        return first

    async def step(self, action: ActType) -> StepResult[ObsType]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Advance the episode by one action. Raises `ResetNeeded` outside an episode."""
        if not self._in_episode:
            why = "the episode is over" if "state" in vars(self) else "no episode has begun"
            raise ResetNeeded(f"{type(self).__name__}.step(): {why}; await reset() first")
        if self._step_under_way:
            raise EnvError(
                f"{type(self).__name__}.step(): a step of this env is under way; await it, or fork() the env"
            )
        self._step_under_way = True
        try:
            result = await self._step(action)
        finally:
            self._step_under_way = False
        if result[2] or result[3]:
            self._in_episode = False
        return result

    async def aclose(self) -> None:
        """Release what the env holds, awaiting where that is needed; safe to call twice."""
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _keeps_state(self) -> bool:
        return type(self)._reset is not AsyncEnv._reset  # pyright: ignore[reportUnknownMemberType]

    def _take(self, memory: dict[str, Any], rng: dict[str, Any] | None, in_episode: bool) -> None:
        super()._take(memory, rng, in_episode)
        self._step_under_way = False  # of the env that this one was copied from
