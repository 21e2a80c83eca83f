"""On Linux: end every process that a student's code starts, however it starts it.

Code can start a process in a new session, with an empty environment, or one whose parent exits. `supervise` ends those
too. It splits the calling process:

    supervisor      waits, then ends all the others
      init          first process of a new PID namespace: when it ends, the kernel kills every process in the namespace
        worker      where `supervise` returns

A PID namespace needs root or unprivileged user namespaces, which some containers and distributions forbid. Without one,
the supervisor is the worker's parent and a *subreaper*: the kernel makes it the parent of orphaned descendants, and it
kills them. Only code that kills the supervisor itself can evade that.
"""

import ctypes
import os
import select
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

_POLL_SECONDS = 0.05
_MAX_KILL_SECONDS = 10
# From <sys/prctl.h>, <sched.h> and <sys/mount.h>.
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER = 1, 4, 36
_CLONE_NEWNS, _CLONE_NEWUSER, _CLONE_NEWPID = 0x00020000, 0x10000000, 0x20000000
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REC, _MS_PRIVATE = 2, 4, 8, 0x4000, 0x40000


def supervise(lifeline: int, *, namespace: bool = True) -> bool:
    """Split this process into a supervisor and a worker, and return in the worker.

    The supervisor keeps the process id that the caller's parent knows. When the worker ends or the lifeline closes, the
    supervisor kills the worker and all its descendants. Then it exits with the worker's exit status, or 128 + n if
    signal n ended the worker. Call this before any thread is started.

    Parameters
    ----------
    lifeline : int
        File descriptor of the read end of a pipe. The caller's parent holds the write end and writes nothing to it.
    namespace : bool
        Use a PID namespace if the system allows it.

    Returns
    -------
    bool
        Whether the worker is in a PID namespace of its own.
    """
    libc, parent = ctypes.CDLL(None, use_errno=True), os.getppid()
    # Supervisor and init block every signal, so only SIGKILL ends them.
    original_mask = signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    isolated = namespace and _unshare(libc)
    child = os.fork()
    if child:
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)  # no process of the same user can attach to it
        _wait(child, lifeline, parent)
        os._exit(_kill_namespace(child) if isolated else _kill_descendants(child))
    os.close(lifeline)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if isolated:
        _mount_proc(libc)
        worker = os.fork()
        if worker:
            _run_init(worker)
    os.setsid()  # a process group of its own, which the supervisor can kill at once
    signal.pthread_sigmask(signal.SIG_SETMASK, original_mask)
    return isolated


def _unshare(libc: ctypes.CDLL) -> bool:
    """Make the next child the first process of a new PID namespace, if the system allows it."""
    if libc.unshare(_CLONE_NEWPID | _CLONE_NEWNS) == 0:
        return True
    user, group = os.geteuid(), os.getegid()
    maps = {"setgroups": "deny", "uid_map": f"{user} {user} 1", "gid_map": f"{group} {group} 1"}
    files = {Path("/proc/self", name): text for name, text in maps.items()}
    # A process can't leave a user namespace again, and without these files it would have no user there.
    if not all(os.access(file, os.W_OK) for file in files):
        return False
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWPID | _CLONE_NEWNS) != 0:
        return False
    for file, text in files.items():
        file.write_text(text)
    return True


def _mount_proc(libc: ctypes.CDLL) -> None:
    """Mount a /proc that shows only the processes of this namespace, under their ids in it."""
    libc.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None)
    libc.mount(b"proc", b"/proc", b"proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, None)


def _run_init(worker: int) -> NoReturn:
    """Reap orphaned processes until the worker ends, then exit with its status: the kernel kills all that is left."""
    pid = status = 0
    while pid != worker:
        pid, status = os.waitpid(-1, 0)
    os._exit(_exit_code(status))


def _wait(child: int, lifeline: int, parent: int) -> None:
    """Wait until the child has ended, the lifeline is closed, or the process that holds its other end is gone."""
    # WNOWAIT leaves a zombie, so the kernel can't reuse the child's id, which is also its group's.
    while not os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        # A process that was forked from the parent may hold the lifeline open, so look at the parent too.
        if select.select([lifeline], [], [], 0)[0] or os.getppid() != parent:
            return
        signal.sigtimedwait({signal.SIGCHLD}, _POLL_SECONDS)


def _kill_namespace(init: int) -> int:
    """Kill the first process of the namespace, and return its exit code once the kernel has killed all the others."""
    os.kill(init, signal.SIGKILL)
    return _exit_code(os.waitpid(init, 0)[1])


def _kill_descendants(child: int) -> int:
    """Kill the child, its process group and every other descendant; return the child's exit code."""
    code, deadline = 128 + signal.SIGKILL, time.monotonic() + _MAX_KILL_SECONDS
    for kill in (os.kill, os.killpg):  # a group may outlive its leader
        with suppress(OSError):
            kill(child, signal.SIGKILL)
    stopped: set[int] = set()
    while time.monotonic() < deadline:
        try:
            while (reaped := os.waitpid(-1, os.WNOHANG))[0]:
                code = _exit_code(reaped[1]) if reaped[0] == child else code
        except ChildProcessError:
            break
        # Stop all of them before killing any: processes that keep forking would outrun a search.
        present = _descendants()
        new = present - stopped
        _send(new or present, signal.SIGSTOP if new else signal.SIGKILL)
        stopped |= new
        if not new:
            time.sleep(0.002)
    return code


def _send(pids: Iterable[int], number: int) -> None:
    for pid in pids:
        with suppress(OSError):
            os.kill(pid, number)


def _descendants() -> set[int]:
    """Ids of this process's descendants, found by walking down the tree: reading all of /proc takes longer."""
    pids, pending = set(), [os.getpid()]
    while pending:
        with suppress(OSError):  # it has ended meanwhile
            for task in os.scandir(f"/proc/{pending.pop()}/task"):
                children = [int(pid) for pid in Path(task.path, "children").read_text().split()]
                pids.update(children)
                pending += children
    return pids


def _exit_code(status: int) -> int:
    """Exit code for a status of ``os.waitpid``: 128 + n if signal n ended the process, as shells report it."""
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code
