"""Clients of a control socket that mean harm, as a user without rights: python3 hostile_clients.py SOCKET COUNT.

In equal parts: requests for the longest lists by the hundred of which no answer is read, headers that come byte by
byte, and lists that are read to their end, each another one. Whoever is closed comes again. Says `ready` once all have
begun, and goes on until it is killed.
"""

import os
import socket
import sys
import threading
import time

NOBODY = 65534
# Before a client that was refused or closed comes again.
PAUSE = 0.05


def connect(path):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(30)
    connection.connect(path)
    return connection


def list_request(offset):
    return f"GET /v1/checkpoints?limit=10000&offset={offset} HTTP/1.1\r\nHost: lawad\r\n\r\n".encode()


def reads_never(path, number):
    del number
    with connect(path) as connection:
        connection.setblocking(False)
        try:
            while True:
                connection.send(list_request(0) * 100)
        except BlockingIOError:
            pass
        connection.setblocking(True)
        # Until the other side has had enough; what came is not looked at.
        connection.recv(1, socket.MSG_PEEK)
        while connection.send(b"\r\n"):
            time.sleep(1)


def drips(path, number):
    del number
    with connect(path) as connection:
        for byte in b"GET /v1/status HTTP/1.1\r\nHost: lawad\r\nX-Slow: " + b"y" * 10_000:
            connection.sendall(bytes([byte]))
            time.sleep(0.05)


def reads_lists(path, number):
    with connect(path) as connection:
        offset = number
        while True:
            connection.sendall(list_request(offset % 100))
            head = b""
            while b"\r\n\r\n" not in head:
                head += receive(connection)
            head, body = head.split(b"\r\n\r\n", 1)
            if b" 200 " not in head:
                return
            left = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]) - len(body)
            while left > 0:
                left -= len(receive(connection))
            offset += 1


def receive(connection):
    data = connection.recv(1 << 16)
    if not data:
        raise ConnectionError("closed")
    return data


KINDS = (reads_never, drips, reads_lists)


def go_on(path, number, begun):
    while True:
        try:
            begun.release()
            KINDS[number % len(KINDS)](path, number)
        except OSError:
            pass
        time.sleep(PAUSE)


def main():
    path, count = sys.argv[1], int(sys.argv[2])
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    begun = threading.Semaphore(0)
    for number in range(count):
        threading.Thread(target=go_on, args=(path, number, begun), daemon=True).start()
    for _ in range(count):
        begun.acquire()
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
