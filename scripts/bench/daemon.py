"""Runs lawad and looks at it from outside."""

import http.client
import json
import os
import re
import socket
import subprocess
import threading
import time

from process import Failed

# Time for anything that a daemon is waited for.
PATIENCE = 300
# Seconds of processor time that are no work.
NOTHING = 0.0005


class _Connection(http.client.HTTPConnection):
    """HTTP over a socket of the filesystem."""

    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Daemon:
    """A lawad from its start to the end of a `with`; its log is read as it comes."""

    def __init__(self, workspace, watch, **configuration):
        self.watch = os.path.abspath(watch)
        self.output = self.watch + ".lawa"
        # Relative, for a socket's path may have 107 bytes only.
        self.socket = os.path.relpath(workspace.path("lawad.sock"))
        file = workspace.path("lawad.json")
        with open(file, "w", encoding="utf-8") as stream:
            json.dump({
                "watch": self.watch, "control": {"socket": os.path.abspath(self.socket)}, "log": {"level": "debug"},
                "limits": {"min_free": "1MiB"}, **configuration,
            }, stream)
        self.command = [workspace.daemon, "--config", file]
        self.lines = []
        self.news = threading.Condition()

    def __enter__(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifications:
            # The kernel chooses a name that nobody has.
            notifications.bind("")
            notifications.settimeout(PATIENCE)
            name = "@" + notifications.getsockname()[1:].decode("ascii")
            start = time.monotonic()
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                env={**os.environ, "NOTIFY_SOCKET": name},
            )
            self.reader = threading.Thread(target=self._read, daemon=True)
            self.reader.start()
            try:
                while b"READY=1" not in notifications.recv(4096):
                    pass
            except OSError as error:
                self.__exit__()
                raise Failed(f"lawad did not become ready: {error}; {self.text()}") from error
            # Seconds until the first look was done, and the processor's until then.
            self.start_seconds, self.start_processor = time.monotonic() - start, self.processor()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.reader.join()
        self.process.stderr.close()

    def _read(self):
        for line in self.process.stderr:
            now = time.monotonic_ns()
            with self.news:
                self.lines.append((now, line.decode(errors="replace").rstrip("\n")))
                self.news.notify_all()

    def text(self):
        """The end of the log."""
        with self.news:
            return "\n".join(line for _, line in self.lines[-20:])

    def wait_for(self, text, start=0):
        """The nanoseconds at which a line with this text was read, by the monotonic clock."""
        def found():
            return next((moment for moment, line in self.lines[start:] if text in line), None)

        with self.news:
            if not self.news.wait_for(found, PATIENCE):
                raise Failed(f"lawad's log lacks \"{text}\": {[line for _, line in self.lines[-5:]]}")
            return found()

    def ask(self, route, method="GET"):
        """The answer of the control socket as text."""
        connection = _Connection(self.socket)
        try:
            connection.request(method, route)
            response = connection.getresponse()
            body = response.read().decode()
        finally:
            connection.close()
        if response.status >= 300:
            raise Failed(f"lawad answered {response.status} to {route}: {body}")
        return body

    def metric(self, name):
        """A figure without labels."""
        return float(re.search(rf"^{name} (\S+)", self.ask("/metrics"), re.MULTILINE)[1])

    def looks(self):
        return int(self.metric("lawad_looks_total"))

    def rescan(self):
        """Asks for a full look and returns when it is done; how long it took, and for how long the processor."""
        processor, start = self.processor(), time.monotonic()
        self.ask("/v1/rescan", "POST")
        end = self.settle(0.2)
        return {"seconds": end - start, "processor": self.processor() - processor}

    def settle(self, seconds):
        """Waits until next to nothing was computed for so many seconds, and returns when that began.

        The clock of its processor time is looked at, which costs it nothing, unlike a question.
        """
        processor, since = self.processor(), time.monotonic()
        deadline = since + PATIENCE
        while time.monotonic() < since + seconds:
            time.sleep(0.002)
            now = self.processor()
            if now - processor > NOTHING:
                processor, since = now, time.monotonic()
            if since > deadline:
                raise Failed("lawad does not come to rest")
        return since

    def processor(self):
        """Seconds of processor time of all threads, also of those that have ended."""
        # The kernel's own encoding of another process's CPU clock (include/linux/posix-timers_types.h).
        return time.clock_gettime_ns((~self.process.pid << 3) | 2) / 1e9

    def switches(self):
        """How often each thread went to sleep so far, by its number."""
        base = f"/proc/{self.process.pid}/task"
        pattern = re.compile(r"^voluntary_ctxt_switches:\s+(\d+)", re.MULTILINE)
        found = {number: pattern.search(_contents(f"{base}/{number}/status")) for number in os.listdir(base)}
        return {number: int(match[1]) for number, match in found.items() if match}

    def watches(self):
        """How many directories are watched."""
        base = f"/proc/{self.process.pid}/fdinfo"
        return sum(_contents(f"{base}/{number}").count("inotify wd:") for number in os.listdir(base))

    def memory(self):
        """Peak and anonymous resident memory in bytes."""
        status = _contents(f"/proc/{self.process.pid}/status")
        found = (re.search(rf"^{name}:\s+(\d+)", status, re.MULTILINE) for name in ("VmHWM", "RssAnon"))
        return tuple(int(match[1]) * 1024 for match in found)


def _contents(path):
    """A file of /proc; empty where its thread or descriptor has gone."""
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError):
        return ""
