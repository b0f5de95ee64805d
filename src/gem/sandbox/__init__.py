"""Running programs that nobody has read: safely, fast, and with a plain answer whatever they do.

    from gem import sandbox

    with sandbox.make() as box:
        result = box.run("print(int(input()) ** 2)", stdin="12", timeout_s=2)
        result.stdout                                    # "144\\n"

THREAT_MODEL.md says what is promised, against whom, and what is not.
"""

from gem.sandbox.backends import BACKENDS as BACKENDS
from gem.sandbox.backends import make as make
from gem.sandbox.level import Level as Level
from gem.sandbox.limits import Limits as Limits
from gem.sandbox.profile import PROFILES as PROFILES
from gem.sandbox.profile import Profile as Profile
from gem.sandbox.protocol import Sandbox as Sandbox
from gem.sandbox.protocol import Session as Session
from gem.sandbox.result import Result as Result
from gem.sandbox.shared import shared as shared
