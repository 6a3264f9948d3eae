"""Running the server: is it ready, what does it do, what does it write down and for how long."""

from qa_bot.web.operation.logs import RequestLog, configure
from qa_bot.web.operation.operation import Operation

__all__ = ["Operation", "RequestLog", "configure"]
