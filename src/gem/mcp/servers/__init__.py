"""Small servers of our own: each is a class with typed methods over a state that is a plain value.

| name | class | state |
|-|-|-|
| files | `FilesServer` | a `Tree` in memory, or a `Folder` on disk |
| sqlite | `SqliteServer` | a `Database` |
| kv | `KvServer` | a `Store` of texts by key |
| calendar | `CalendarServer` | a `Calendar` of events |
| time | `TimeServer` | a clock |

In process each is a `gem.mcp.ToolSource`; `python -m gem.mcp.servers NAME` serves it over stdio or HTTP. Nothing here
needs more than the standard library, and nothing asks who calls: see `over_http` for what guards a port.
"""

from gem.mcp.servers.calendar import Calendar as Calendar
from gem.mcp.servers.calendar import CalendarServer as CalendarServer
from gem.mcp.servers.calendar import Event as Event
from gem.mcp.servers.clock import TimeServer as TimeServer
from gem.mcp.servers.files import FilesServer as FilesServer
from gem.mcp.servers.kv import KvServer as KvServer
from gem.mcp.servers.kv import Store as Store
from gem.mcp.servers.server import Refusal as Refusal
from gem.mcp.servers.server import Server as Server
from gem.mcp.servers.sqlite import Database as Database
from gem.mcp.servers.sqlite import SqliteServer as SqliteServer
from gem.mcp.servers.trees import Folder as Folder
from gem.mcp.servers.trees import Tree as Tree
