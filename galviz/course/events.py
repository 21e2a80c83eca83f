"""The events of a progress file, as bytes: one JSON object per line, the last one of a key counts.

An editor or a shell may have saved the file in UTF-16 or with other line ends. It is read all the same. A line that is
cut short by a crash, or isn't an event, is skipped.
"""

import codecs
import json
import re

from galviz.course.outcome import TaskState

Value = str | int
# UTF-32's byte order marks come first: those of UTF-16 are the beginning of one of them.
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_EVENT_IN_UTF16 = '{"'.encode("utf-16-le")
_START_OF_EVENT = re.compile(rb'(?=\{"|\{\0"\0)')
_LINE_END = re.compile(rb"\r\n|\n|\r")
_LONE_CR = re.compile(rb"\r(?!\n)")


def parse_event(line: bytes) -> tuple[str, Value] | None:
    """Parse one line in UTF-8; None if it isn't an event.

    Examples
    --------
    >>> parse_event(b'{"at": "2026-11-05T12:00:00+00:00", "key": "pca.1", "value": "passed"}')
    ('pca.1', 'passed')
    """
    try:
        event = json.loads(line.decode("utf-8-sig", errors="replace"))  # an editor may add a byte order mark
        key, value = event["key"], event["value"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    is_event = isinstance(key, str) and isinstance(value, str | int) and not isinstance(value, bool)
    return (key, value) if is_event else None


def parse_states(lines: list[bytes]) -> dict[str, Value]:
    """Combine events into the last value of each key; a task that has ever passed gets a key of its own.

    Examples
    --------
    >>> parse_states([b'{"key": "pca.1", "value": "passed"}', b'{"key": "pca.1", "value": "failed"}'])
    {'pca.1': 'failed', 'pca.1.passed': 1}
    """
    states: dict[str, Value] = {}
    for key, value in filter(None, map(parse_event, lines)):
        states[key] = value
        if value == TaskState.PASSED:
            states[f"{key}.passed"] = 1
    return states


def mostly_events(lines: list[bytes]) -> bool:
    """Whether at least half of the lines, blank ones not counted, are events.

    Examples
    --------
    >>> mostly_events([b'{"key": "pca.1", "value": "passed"}', b"a note"]), mostly_events([b"a note"])
    (True, False)
    """
    n_events = sum(parse_event(line) is not None for line in lines)
    return 2 * n_events >= sum(bool(line.strip()) for line in lines)


def is_plain(content: bytes) -> bool:
    r"""Whether a file is in UTF-8 and its lines end with a line feed: lines can be appended to it as it is.

    Examples
    --------
    >>> is_plain(b'{"key": "pca.1"}\n'), is_plain('{"key": "pca.1"}\n'.encode("utf-16"))
    (True, False)
    """
    marked = content.startswith(tuple(_BYTE_ORDER_MARKS))
    return not marked and not _LONE_CR.search(content) and _EVENT_IN_UTF16 not in content


def split_lines(content: bytes) -> list[bytes]:
    r"""Split a file into lines in UTF-8, whatever its encoding and line ends.

    Examples
    --------
    >>> split_lines("one\r\ntwo".encode("utf-16"))
    [b'one', b'two']
    """
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            # Older versions appended lines in UTF-8 to such a file. No UTF-16 or UTF-32 character of an event
            # contains these two bytes together.
            text, start, rest = content.partition(b'{"')
            complete = len(text) - len(text) % (4 if encoding.startswith("utf-32") else 2)  # the last may be cut short
            converted = text[len(mark) : complete].decode(encoding, errors="replace").encode()
            return _LINE_END.split(converted + b"\n" * bool(start) + _convert_appended(start + rest))
    return _LINE_END.split(_convert_appended(content))


def without_superseded(content: bytes) -> bytes:
    r"""Remove the events that later ones have superseded.

    The last event of each key stays, the last one that says it passed, and every line that isn't an event.

    Examples
    --------
    >>> without_superseded(b'{"key": "pca.q1", "value": 0}\na note\n{"key": "pca.q1", "value": 2}\n')
    b'a note\n{"key": "pca.q1", "value": 2}\n'
    """
    lines = content.split(b"\n")
    last: dict[object, int] = {}
    for number, line in enumerate(lines):
        event = parse_event(line)
        last[number if event is None else event[0]] = number
        if event is not None and event[1] == TaskState.PASSED:
            last[event] = number
    return b"\n".join(lines[number] for number in sorted(set(last.values())))


def _convert_appended(content: bytes) -> bytes:
    """Convert to UTF-8 the lines that PowerShell's ``>>`` has appended in UTF-16."""
    if _EVENT_IN_UTF16 not in content:
        return content
    parts = []
    for part in _START_OF_EVENT.split(content):
        text = part.removesuffix(codecs.BOM_UTF16_LE)  # it belongs to the next part
        if text.startswith(_EVENT_IN_UTF16):
            text = text[: len(text) - len(text) % 2].decode("utf-16-le", errors="replace").encode()
        parts.append(text)
    return b"\n".join(parts)
