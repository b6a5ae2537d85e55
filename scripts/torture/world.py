"""One run, one output, and the programs that work on them, in a directory of their own."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time

SUPERVISION = ("NOTIFY_SOCKET", "RUNTIME_DIRECTORY", "WATCHDOG_USEC", "JOURNAL_STREAM", "XDG_RUNTIME_DIR")


class World:
    """Places and programs of one try."""

    binaries = ""
    injector = ""

    def __init__(self, form, k=3):
        self.form, self.k = form, k
        self.root = tempfile.mkdtemp(prefix="lawa-torture-")
        self.run, self.output = self.root + "/run", self.root + "/run.lawa"
        self.averages = self.output + "/lawa"
        self.socket, self.log = self.root + "/control.sock", self.root + "/log"
        self.configuration = self.root + "/lawad.json"
        os.mkdir(self.run)
        self.configure()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.root, ignore_errors=True)

    def configure(self, **keys):
        """Writes the configuration: the defaults of a try, and keys over them."""
        value = {"watch": self.run, "rescan": "1s", "control": {"socket": self.socket}}
        value["recipes"] = [{"name": "lawa", "window": {"last": self.k}}]
        with open(self.configuration, "w") as file:
            json.dump(value | keys, file)

    def inject(self, *options, under=None):
        """A prefix that runs a program under the injector."""
        return [self.injector, "--under", under or self.output, *map(str, options), "--"]

    def once(self, prefix=(), timeout=120):
        """`lawad --once`; its exit status, negative or from 128 where a signal ended it."""
        return self.command([*prefix, self.binaries + "/lawad", "--config", self.configuration, "--once"], timeout)

    def lawa(self, *arguments, prefix=(), timeout=120):
        """`lawa` with some arguments; its exit status."""
        return self.command([*prefix, self.binaries + "/lawa", *arguments], timeout)

    def command(self, arguments, timeout=120):
        """Runs a program with its output in the log."""
        with open(self.log, "ab") as log:
            return subprocess.run(
                arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment(), timeout=timeout, check=False
            ).returncode

    def text(self):
        """All that the programs said."""
        with open(self.log, errors="replace") as file:
            return file.read()


class Daemon:
    """A daemon that watches a world's run."""

    def __init__(self, world, prefix=(), **variables):
        self.world = world
        self.log = open(world.log, "ab")
        self.process = subprocess.Popen(
            [*prefix, world.binaries + "/lawad", "--config", world.configuration],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            env=environment() | variables,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self, timeout=30):
        """Ends it with SIGTERM; its exit status, and how long that took."""
        start = time.monotonic()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
        self.log.close()
        return self.process.returncode, time.monotonic() - start

    def kill(self):
        """Ends it with SIGKILL."""
        self.process.kill()
        self.process.wait()

    def ask(self, path="/v1/status", timeout=5):
        """The answer of the control socket as JSON."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(self.world.socket)
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: lawad\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            while part := connection.recv(1 << 16):
                answer += part
        head, body = answer.split(b"\r\n\r\n", 1)
        if b"chunked" in head.lower():
            body = _unchunked(body)
        return json.loads(body)

    def figures(self):
        """Resident memory in KiB, open descriptors, and threads."""
        process = f"/proc/{self.process.pid}"
        with open(process + "/status") as file:
            fields = dict(line.split(":", 1) for line in file)
        return int(fields["VmRSS"].split()[0]), len(os.listdir(process + "/fd")), int(fields["Threads"])


def _unchunked(body):
    data = b""
    while body:
        size, body = body.split(b"\r\n", 1)
        length = int(size, 16)
        if not length:
            break
        data, body = data + body[:length], body[length + 2 :]
    return data


def environment():
    """The environment without a supervisor's variables."""
    return {key: value for key, value in os.environ.items() if key not in SUPERVISION}


def until(condition, seconds=30, every=0.02):
    """Waits for a condition; what it gave, or None."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := condition():
                return found
        except (OSError, ValueError, KeyError, TypeError):
            pass
        time.sleep(every)
    return None


def in_background(function, *arguments):
    """Runs a function in a thread of its own."""
    thread = threading.Thread(target=function, args=arguments, daemon=True)
    thread.start()
    return thread
