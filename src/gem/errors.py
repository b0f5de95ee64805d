"""Everything gem raises on purpose, in one tree.

GemError
├── RegistryError (ValueError)
│   ├── UnknownEnv            no env has this id
│   ├── DuplicateEnv          the id is taken
│   ├── UnavailableEnv        the env exists, but cannot run here; the message says why
│   ├── UnknownArgument       the env's constructor has no such argument (also a TypeError)
│   └── BrokenEntryPoint      the class behind an id cannot be imported (also an ImportError)
├── EnvError
│   ├── ResetNeeded           step() outside an episode: before reset(), or after the end
│   ├── SnapshotUnsupported   the env holds state that cannot be copied
│   └── SnapshotMismatch      the snapshot is of another version or another env (also a ValueError)
├── VectorError (ValueError)  a vectorised env was asked for something impossible
├── WorkerDied (RuntimeError) a worker that held envs of a vector ended by itself
├── StepTimeout (TimeoutError)  a step took longer than the vector allows
├── CheckFailed (AssertionError)  an env breaks a promise of the contract
├── ConfigError (ValueError)  a setting is unknown or out of range
├── CheckpointError           a checkpoint is corrupt, or of another model
├── OutOfMemory (MemoryError)  a training step needs more memory than there is
├── TrainingDiverged (ArithmeticError)  a loss or a gradient is not finite
├── SandboxUnavailable (RuntimeError)  no sandbox of this kind can be had on this machine
├── SearchUnavailable (RuntimeError)  a search engine or server failed, or cannot be reached
├── McpUnavailable (RuntimeError)  an MCP server cannot be reached, has died, or did not answer in time
├── GraderUnavailable (RuntimeError)  no grading process could be started
├── DataError (ValueError)     rows of a dataset cannot be read, or lack what the env needs
│   └── DataNotFound (LookupError)  no dataset of this name is here; the message says how to get it
├── StorageError (OSError)    results could not be written; what was written before is whole
└── MissingExtra (ImportError)  an optional dependency is not installed

A bad *action* is not an error: it is answered with an observation and a reward. No class here
has a constructor of its own, so each survives the trip back from a worker process.
"""


class GemError(Exception):
    """Base class: `except GemError` catches all that gem raises on purpose."""


class RegistryError(GemError, ValueError):
    """The registry cannot do what was asked."""


class UnknownEnv(RegistryError):
    """No env is registered under this id; the message names the closest ones."""


class DuplicateEnv(RegistryError):
    """An id may be registered once."""


class UnavailableEnv(RegistryError):
    """The env exists, but cannot run here; the message says why, in a sentence."""


class UnknownArgument(RegistryError, TypeError):
    """The env behind an id takes no such argument; the message names the closest ones."""


class BrokenEntryPoint(RegistryError, ImportError):
    """The class that an id points to cannot be imported."""


class EnvError(GemError):
    """An env was used against its contract."""


class ResetNeeded(EnvError):
    """`step()` was called outside an episode."""


class SnapshotUnsupported(EnvError):
    """The env's state cannot be copied, or cannot be written as JSON."""


class SnapshotMismatch(EnvError, ValueError):
    """A snapshot was restored into an env that it does not belong to."""


class VectorError(GemError, ValueError):
    """A vectorised env was asked for something impossible."""


class WorkerDied(GemError, RuntimeError):
    """A process or actor that held envs of a vector ended by itself; the message says how."""


class StepTimeout(GemError, TimeoutError):
    """A step or reset took longer than `step_timeout_s`."""


class CheckFailed(GemError, AssertionError):
    """An env breaks a promise of the contract; the message names the promise."""


class ConfigError(GemError, ValueError):
    """A setting is unknown or out of range."""


class OutOfMemory(GemError, MemoryError):
    """A training step needs more memory than there is."""


class TrainingDiverged(GemError, ArithmeticError):
    """A loss or a gradient is not finite; the weights are those before it."""


class CheckpointError(GemError):
    """A checkpoint cannot be read, or belongs to another model."""


class SandboxUnavailable(GemError, RuntimeError):
    """No sandbox of this kind can be had on this machine; the message says why."""


class SearchUnavailable(GemError, RuntimeError):
    """A search engine or server failed, or cannot be reached; the message says why."""


class McpUnavailable(GemError, RuntimeError):
    """An MCP server cannot be reached, has died, or did not answer in time; the message says which."""


class GraderUnavailable(GemError, RuntimeError):
    """No grading process could be started; the message says why."""


class DataError(GemError, ValueError):
    """Rows of a dataset cannot be read, or lack what was asked of them; the message names the row."""


class DataNotFound(DataError, LookupError):
    """No dataset of this name is here; the message says how to get it."""


class StorageError(GemError, OSError):
    """Results could not be written; the records written before stay whole."""


class MissingExtra(GemError, ImportError):
    """An optional dependency is missing; the message says what to install."""
