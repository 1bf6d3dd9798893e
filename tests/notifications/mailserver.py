"""A mail server for tests: real SMTP over a real socket, with answers to choose."""

import contextlib
import socketserver
import threading
from email import message_from_string
from email.policy import default


class _Session(socketserver.StreamRequestHandler):
    def handle(self):
        with contextlib.suppress(ConnectionResetError):  # the sender was lost
            self.converse()

    def converse(self):
        server = self.server
        self.answer(server.greeting)
        for line in self.rfile:
            verb = line.split()[0].upper().decode() if line.split() else ""
            if verb == "DATA":
                self.answer("354 go on")
                text = b""
                for part in self.rfile:
                    if part == b".\r\n":
                        break
                    text += part
                else:
                    return  # the sender was lost before the end
                server.received.append(message_from_string(text.decode(), policy=default))
            self.answer(server.answers.get(verb, "250 fine"))
            if verb == "QUIT":
                return

    def answer(self, text):
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    greeting = "220 ready"

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Session)
        self.received = []
        self.answers = {}


@contextlib.contextmanager
def mail_server():
    """Run a server; `received` holds the messages it took, `answers` what it says to a verb in place of 250."""
    with _Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
