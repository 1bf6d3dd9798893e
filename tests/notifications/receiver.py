"""A receiver of webhooks for tests: real HTTP, or HTTPS, over a real socket, with answers to choose."""

import contextlib
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, dict(self.headers), body))
        if self.server.trickle:
            with contextlib.suppress(OSError):
                while True:  # an answer that never ends, one byte at a time
                    self.wfile.write(b"H")
                    time.sleep(0.05)
        self.send_response(self.server.status)
        self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()

    def log_message(self, *arguments):
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        """Say nothing: callers that hang up are part of the tests."""


@contextlib.contextmanager
def receiver(cert=None, key=None):
    """Run a receiver; `received` holds (path, headers, body), `status` is what it answers, `url` where it is."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.received, server.status, server.trickle = [], 204, False
        server.port = server.server_address[1]
        server.url = f"http://127.0.0.1:{server.port}/hook?from=ssc"
        if cert:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(cert, key)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
