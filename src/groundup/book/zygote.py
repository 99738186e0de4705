"""A process that imports and never computes, and forks one worker per chapter.

``python -m groundup.book.zygote FD`` listens on a socket. A message is a JSON list of modules to import and, with
it, the descriptor of the channel on which a new worker finds its job and answers. When a worker ends, the zygote
writes its exit status to that channel and closes it. When the socket closes, the build is gone: the zygote ends its
workers and itself.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys

from groundup.book import worker


def serve(control: socket.socket) -> None:
    """Fork workers until the control socket closes.

    Args:
        control: A sequential-packet socket: one message, one reading.
    """
    running: dict[int, socket.socket] = {}
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    try:
        while True:
            sources: list[socket.socket | int] = [control, woken]
            ready, _, _ = select.select(sources, [], [])
            if woken in ready:
                os.read(woken, 4096)
                _reap(running)
            if control in ready:
                data, fds, _, _ = socket.recv_fds(control, 1 << 16, 1)
                if not data:
                    return
                worker.prepare(json.loads(data))
                if fds:
                    channel = socket.socket(fileno=fds[0])
                    running[_fork(control, channel, running)] = channel
    finally:
        for pid in running:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)


def _fork(control: socket.socket, channel: socket.socket, running: dict[int, socket.socket]) -> int:
    gc.freeze()  # Shared pages stay shared: the collector does not write to what was there before.
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()  # A group of its own: it ends with all that it started.
        worker.die_with_parent()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        control.close()
        for other in running.values():
            other.close()
        worker.run(channel, worker.read_job(channel))
    finally:
        os._exit(1)


def _reap(running: dict[int, socket.socket]) -> None:
    while running:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        channel = running.pop(pid, None)
        if channel is None:
            continue
        with contextlib.suppress(OSError):
            worker.Channel(channel).send("exited", status=os.waitstatus_to_exitcode(status))
        channel.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)  # What the program left running.


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
