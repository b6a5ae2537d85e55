"""Clients that mean harm: the status still answers, averages still come, and memory comes back."""

import os
import random
import socket
import time

import formats
import verdict
from scenarios import save
from world import Daemon, World, in_background, until

SECONDS = 6


def _connect(world):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(2)
    connection.connect(world.socket)
    return connection


def _request(path="/v1/checkpoints", method="GET", rest=""):
    return f"{method} {path} HTTP/1.1\r\nHost: lawad\r\n{rest}\r\n".encode()


def reads_never(connection, source):
    connection.sendall(_request() * 200)
    time.sleep(SECONDS)


def pipelines(connection, source):
    end = time.monotonic() + SECONDS
    connection.settimeout(0.3)
    while time.monotonic() < end:
        connection.sendall(_request("/v1/status") * 50)


def drips(connection, source):
    for byte in _request(rest="X-Slow: " + "y" * 200):
        connection.sendall(bytes([byte]))
        time.sleep(SECONDS / 250)


def says_nothing(connection, source):
    time.sleep(SECONDS)


def closes_at_once(connection, source):
    connection.sendall(_request())


def half_closes(connection, source):
    connection.sendall(_request("/v1/status"))
    connection.shutdown(socket.SHUT_WR)
    if b"200 OK" not in connection.recv(1 << 16):
        raise AssertionError("a client that has closed its half gets no answer")


def sends_rubbish(connection, source):
    connection.sendall(source.randbytes(source.randrange(1, 5000)))
    connection.recv(1 << 16)


def sends_much(connection, source):
    connection.sendall(_request("/v1/rescan", "POST", "Content-Length: 999999999999\r\n"))
    connection.settimeout(0.5)
    for _ in range(1000):
        connection.sendall(b"x" * 65536)


def sends_bad_chunks(connection, source):
    connection.sendall(_request("/v1/rescan", "POST", "Transfer-Encoding: chunked\r\n") + b"zz\r\nabc\r\n0\r\n\r\n")
    if b" 202 " in connection.recv(1 << 16):
        raise AssertionError("a malformed request was carried out")


def sends_long_headers(connection, source):
    connection.sendall(_request(rest="X-Long: " + "y" * 1_000_000))
    connection.recv(1 << 16)


KINDS = (reads_never, pipelines, drips, says_nothing, closes_at_once, half_closes, sends_rubbish, sends_much, sends_bad_chunks, sends_long_headers)


def attack_socket(attack, pool, seed):
    """Sixty clients of one kind at a time beside a run that goes on."""
    del pool
    attack.possible = len(KINDS)
    for kind in random.Random(seed).sample(KINDS, len(KINDS)):
        if attack.is_over and attack.tries:
            break
        attack.count(_try(attack, kind, random.Random(seed)), kind.__name__.replace("_", " "))


def _try(attack, kind, source):
    known, problems = verdict.Known(), []
    with World(formats.Directory()) as world:
        save(world, known, *range(100, 2100, 100))
        with Daemon(world) as daemon:
            until(lambda: os.path.lexists(world.averages + "/latest"), 30)
            before = daemon.figures()
            is_running = True

            def client(own):
                while is_running:
                    try:
                        with _connect(world) as connection:
                            kind(connection, own)
                    except AssertionError as problem:
                        problems.append(str(problem))
                        return
                    except OSError:
                        time.sleep(0.05)

            clients = [in_background(client, random.Random(source.random())) for _ in range(60)]
            save(world, known, 3000)
            for _ in range(SECONDS * 2):
                start = time.monotonic()
                try:
                    status = world.lawa("status", "--socket", world.socket, "--json", timeout=10)
                    took = time.monotonic() - start
                    attack.highest("ms for the slowest status", int(took * 1000))
                    if status != 0 or took > 3:
                        problems.append(f"lawa status ended with {status} after {took:.1f} s")
                except Exception as error:  # a time-out is a failure like any other
                    problems.append(f"lawa status: {error}")
                time.sleep(0.5)
            if not until(lambda: os.path.exists(f"{world.averages}/checkpoint-3000"), 20):
                problems.append("no average came beside the clients")
            is_running = False
            for thread in clients:
                thread.join(SECONDS + 5)
            until(lambda: daemon.figures()[1] <= before[1] + 3, 40)
            after = daemon.figures()
            attack.highest("MiB of memory afterwards", after[0] >> 10)
            if after[0] > before[0] + (64 << 10):
                problems.append(f"{before[0] >> 10} MiB of memory became {after[0] >> 10}")
            if after[1] > before[1] + 3:
                problems.append(f"{before[1]} descriptors became {after[1]}")
            status, seconds = daemon.stop()
            if status != 0 or seconds > 10:
                problems.append(f"a stop took {seconds:.1f} s and ended with {status}")
    return sorted(set(problems))
