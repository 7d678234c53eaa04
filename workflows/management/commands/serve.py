"""The embedded mode: web server, ticker and worker in one process, no other service needed."""

import signal
import sys

from django.core.management.base import BaseCommand, CommandError
from django.core.wsgi import get_wsgi_application
from waitress.server import create_server

from governance.jobs.worker import working
from workflows.ticker import ticking

THREADS = 8
# A proxy on this machine ends TLS and says so; what other senders claim in these headers is dropped.
LOCAL_PROXY = {
    "trusted_proxy": "127.0.0.1",
    "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
}


class Command(BaseCommand):
    """Serve until Ctrl+C or SIGTERM, then finish what is under way and stop."""

    help = "Run the web server, the ticker of deadlines and the worker of long jobs in one process."

    def add_arguments(self, parser):
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, host, port, **options):
        """Listen, tick, serve. Raises CommandError when the port is taken."""
        for stop in (signal.SIGTERM, signal.SIGINT):  # a shell may start us with Ctrl+C ignored
            signal.signal(stop, lambda *_: sys.exit())
        server = _listen(host, port)
        with ticking(), working():
            self.stdout.write(f"在浏览器里打开 http://{host}:{port} ，按Ctrl+C停。")
            self.stdout.flush()
            server.run()
        self.stdout.write("停好了。")


def _listen(host, port):
    try:
        return create_server(get_wsgi_application(), host=host, port=port, threads=THREADS, **LOCAL_PROXY)
    except OSError as error:
        raise CommandError(
            f"{port}端口开不了（{error.strerror}）。请换一个，比如 --port {port + 1}。"
        ) from error
