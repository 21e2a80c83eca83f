"""On Linux: a process whose descendants can't outlive it, however they were started.

A program may start others in a session of their own, without our environment variables, or let them be adopted by
init. `contain` splits the calling process, so that none of that helps:

    supervisor      waits, and ends all the others; also if the process that started it is gone
      init          the first process of a new PID namespace: when it ends, the kernel kills all the others in it
        worker      where `contain` returns

A PID namespace needs root or unprivileged user namespaces. Some containers and distributions forbid both. There the
supervisor is the worker's parent, and a *subreaper*: it adopts the descendants whose parents end, and kills them. That
suffices unless a descendant kills the supervisor itself.
"""

import ctypes
import os
import resource
import select
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

_LOOK_EVERY_S = 0.2
_GIVE_UP_AFTER_S = 10
# From <sys/prctl.h>, <sched.h> and <sys/mount.h>.
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 1, 4, 36
_CLONE_NEWNS, _CLONE_NEWUSER, _CLONE_NEWPID = 0x00020000, 0x10000000, 0x20000000
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REC, _MS_PRIVATE = 2, 4, 8, 0x4000, 0x40000


def contain(lifeline: int) -> bool:
    """Split this process; returns in the one that goes on, whose descendants end with it. Call it before any thread.

    The process that the caller's parent knows stays behind as the supervisor. It ends as the worker ends: with its exit
    status, or by the same signal. It ends all others, and itself, on SIGTERM, and once the caller's parent is gone.

    Parameters
    ----------
    lifeline : int
        A file descriptor of a pipe whose other end the caller's parent holds, and writes nothing to.

    Returns
    -------
    bool
        Whether it is in a PID namespace of its own.
    """
    libc, parent = ctypes.CDLL(None, use_errno=True), os.getppid()
    # The supervisor and init are asleep but for what they wait for: only SIGKILL reaches them.
    before = signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    apart = _unshare(libc)
    reader, writer = os.pipe()
    first = os.fork()
    if first:
        os.close(writer)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)  # what ends by the worker's signal leaves no second core dump
        _supervise(first, reader if apart else None, parent, lifeline)
    os.close(reader)
    os.close(lifeline)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if apart:
        _mount_proc(libc)
        worker = os.fork()
        if worker:
            _be_init(worker, writer)
    os.close(writer)
    os.setsid()  # a group of its own, which the supervisor can kill at once
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return apart


def _unshare(libc: ctypes.CDLL) -> bool:
    """Have the next child be the first process of a new PID namespace, if that is allowed."""
    if libc.unshare(_CLONE_NEWPID | _CLONE_NEWNS) == 0:
        return True
    user, group = os.geteuid(), os.getegid()
    maps = {"setgroups": "deny", "uid_map": f"{user} {user} 1", "gid_map": f"{group} {group} 1"}
    files = {Path("/proc/self", name): text for name, text in maps.items()}
    # There is no way back out of a user namespace: without these files, this process would be nobody in it.
    if not all(os.access(file, os.W_OK) for file in files):
        return False
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWPID | _CLONE_NEWNS) != 0:
        return False
    for file, text in files.items():
        file.write_text(text)
    return True


def _mount_proc(libc: ctypes.CDLL) -> None:
    """Show the processes of this namespace in /proc, under the numbers that they have in it, and to nobody else."""
    libc.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None)
    libc.mount(b"proc", b"/proc", b"proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, None)


def _be_init(worker: int, writer: int) -> NoReturn:
    """Adopt and bury whatever ends; end with the worker, and the kernel ends the rest."""
    ended = 0
    while ended != worker:
        ended, status = os.waitpid(-1, 0)
    os.write(writer, str(status).encode())
    os._exit(0)


def _supervise(child: int, reader: int | None, parent: int, lifeline: int) -> NoReturn:
    """Wait until the child ends or is to be ended; then end all descendants, and this process as the worker ended."""
    ended = None
    while ended is None:
        sent = signal.sigtimedwait({signal.SIGCHLD, signal.SIGTERM}, _LOOK_EVERY_S)
        if sent is not None and sent.si_signo == signal.SIGTERM:
            break
        if os.getppid() != parent or select.select([lifeline], [], [], 0)[0]:
            break
        # It stays a zombie, so that its number, which is also its group's, can't become another's.
        ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    status = _end_descendants(child)
    if reader is not None:
        status = int(os.read(reader, 16) or signal.SIGKILL)
    _end_as(status if ended is not None else signal.SIGKILL)


def _end_descendants(child: int) -> int:
    """Kill the child and its group, and all that have left it, until this process has no descendants.

    Returns
    -------
    int
        How the child ended, as ``os.waitpid`` reports it.
    """
    status, latest = signal.SIGKILL, time.monotonic() + _GIVE_UP_AFTER_S
    for end in (os.kill, os.killpg):  # init is no group's leader, and a group may outlive its leader
        with suppress(OSError):
            end(child, signal.SIGKILL)
    frozen: set[int] = set()
    while time.monotonic() < latest:
        try:
            while (reaped := os.waitpid(-1, os.WNOHANG))[0]:
                status = reaped[1] if reaped[0] == child else status
        except ChildProcessError:
            break
        # Stop them all before any is killed: what forks on and on would outrun a search.
        present = _descendants()
        new = present - frozen
        _signal_all(new or present, signal.SIGSTOP if new else signal.SIGKILL)
        frozen |= new
        if not new:
            time.sleep(0.002)
    return status


def _signal_all(pids: Iterable[int], number: int) -> None:
    for pid in pids:
        with suppress(OSError):
            os.kill(pid, number)


def _descendants() -> set[int]:
    """Of this process; found by going down the tree, because reading all of /proc takes longer than a fork."""
    found, waiting = set(), [os.getpid()]
    while waiting:
        with suppress(OSError):  # it has ended meanwhile
            for task in os.scandir(f"/proc/{waiting.pop()}/task"):
                children = [int(pid) for pid in Path(task.path, "children").read_text().split()]
                found.update(children)
                waiting += children
    return found


def _end_as(status: int) -> NoReturn:
    """End this process as another has ended."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with suppress(OSError):  # SIGKILL has no handler
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
    os._exit(os.WEXITSTATUS(status))
