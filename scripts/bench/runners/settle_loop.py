"""The least that a watcher can do: inotify, a wait until nothing has happened for so long, and the opening of a file.

Usage: settle_loop.py DIRECTORY SECONDS
Prints `ready`, then for each wait that ended the nanoseconds of the monotonic clock at which the file was open.
"""

import ctypes
import os
import select
import struct
import sys
import time

CLOSE_WRITE, MOVED_TO, CREATE = 0x8, 0x80, 0x100


def main():
    root, seconds = sys.argv[1], float(sys.argv[2])
    library = ctypes.CDLL(None, use_errno=True)
    queue = library.inotify_init1(os.O_CLOEXEC)
    directories = {}

    def watch(path):
        number = library.inotify_add_watch(queue, os.fsencode(path), CLOSE_WRITE | MOVED_TO | CREATE)
        if number < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), path)
        directories[number] = path

    watch(root)
    print("ready", flush=True)
    poll = select.poll()
    poll.register(queue, select.POLLIN)
    deadline, weights = None, None
    while True:
        # poll(2) counts in milliseconds; what is left of them is spent in the next turn.
        if poll.poll(None if deadline is None else max(0, (deadline - time.monotonic()) * 1000)):
            buffer, offset = os.read(queue, 65536), 0
            while offset < len(buffer):
                number, _, _, size = struct.unpack_from("iIII", buffer, offset)
                name = os.fsdecode(buffer[offset + 16:offset + 16 + size].rstrip(b"\0"))
                path = os.path.join(directories[number], name)
                offset += 16 + size
                if os.path.isdir(path):
                    watch(path)
                elif path.endswith((".safetensors", ".pt")):
                    weights = path
            deadline = time.monotonic() + seconds
        if deadline is not None and time.monotonic() >= deadline and weights:
            with open(weights, "rb"):
                print(time.monotonic_ns(), flush=True)
            deadline = None


if __name__ == "__main__":
    main()
