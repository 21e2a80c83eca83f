"""Typical mistakes in dividing ids into batches, each a wrong function with its hint."""

import itertools
import math
from collections.abc import Callable

Batches = list[list[str]]
Mistake = tuple[Callable[[list[str], int], Batches], str]


def divided(ids: list[str], size: int) -> Batches:
    """The right result, id by id."""
    result: Batches = []
    for place, object_id in enumerate(ids):
        if place % size == 0:
            result.append([])
        result[-1].append(object_id)
    return result


def _on_result(change: Callable[[Batches, int], Batches]) -> Callable[[list[str], int], Batches]:
    """A mistake that changes the right result afterwards."""
    return lambda ids, size: change(divided(ids, size), size)


def _on_ids(change: Callable[[list[str]], list[str]]) -> Callable[[list[str], int], Batches]:
    """A mistake that changes the ids first."""
    return lambda ids, size: divided(change(ids), size)


def _in_parts(ids: list[str], count: int) -> Batches:
    """That number of parts, of nearly equal sizes."""
    small, larger = divmod(len(ids), count)
    ends = [place * small + min(place, larger) for place in range(count + 1)]
    return [ids[start:end] for start, end in itertools.pairwise(ends)]


def _one_batch_more(ids: list[str], size: int) -> Batches:
    return [ids[start : start + size] for start in range(0, len(ids) + 1, size)]


def _whole_division_more(ids: list[str], size: int) -> Batches:
    return [ids[i * size : (i + 1) * size] for i in range(len(ids) // size + 1)]


def _merged_last(batches: Batches, size: int) -> Batches:
    if len(batches) > 1 and len(batches[-1]) < size:
        return [*batches[:-2], batches[-2] + batches[-1]]
    return batches


def _small_batch_first(ids: list[str], size: int) -> Batches:
    rest = len(ids) % size
    return [ids[:rest]] * (rest > 0) + divided(ids[rest:], size)


def _filled(filler: Callable[[list[str]], str]) -> Callable[[list[str], int], Batches]:
    def compute(ids: list[str], size: int) -> Batches:
        return [[*part, *[filler(part)] * (size - len(part))] for part in divided(ids, size)]

    return compute


def _wrapped(ids: list[str], size: int) -> Batches:
    result = divided(ids, size)
    if result:
        result[-1] = (result[-1] + ids * size)[:size]
    return result


def _wrapped_once(ids: list[str], size: int) -> Batches:
    return [[*part, *ids[: size - len(part)]] for part in divided(ids, size)]


def _last_full(ids: list[str], size: int) -> Batches:
    result = divided(ids, size)
    if result:
        result[-1] = ids[-size:]
    return result


PARTS = "You took `batch_size` for the number of batches. It is the number of ids per batch."
MISTAKES: tuple[Mistake, ...] = (
    (
        lambda ids, size: [part for part in divided(ids, size) if len(part) == size],
        "You left out the last ids if they don't fill a batch. The last batch may be smaller.",
    ),
    (
        _on_result(lambda result, size: result[:-1]),
        "Your last batch is missing, even if it is full: off by one.",
    ),
    (_on_result(lambda result, size: result[:1]), "You return the first batch only. Return all of them."),
    (_on_result(lambda result, size: result[1:]), "Your first batch is missing. Python counts from 0."),
    (_on_ids(lambda ids: ids[1:]), "The first id is missing. Python counts from 0."),
    (_on_ids(lambda ids: ids[:-1]), "The last id is missing: a slice or range ends before its second number."),
    *(
        (
            function,
            "If the number of ids is a multiple of `batch_size`, you add an empty batch at the end. No batch is empty.",
        )
        for function in (_one_batch_more, _whole_division_more)
    ),
    (
        lambda ids, size: divided(ids, size) or [[]],
        "For an empty list of ids, you return one empty batch. There are no batches: return an empty list.",
    ),
    (
        _on_result(_merged_last),
        "You put the ids that are left over into the batch before. They are a batch of their own.",
    ),
    (_small_batch_first, "Your first batch is the smaller one. Fill the batches from the beginning of the list."),
    (_in_parts, PARTS),
    (lambda ids, size: [part for part in _in_parts(ids, size) if part], PARTS),
    (
        lambda ids, size: _in_parts(ids, math.ceil(len(ids) / size)) if ids else [],
        "Your batches have nearly equal sizes, as with `np.array_split`. All but the last must be full.",
    ),
    (
        lambda ids, size: [ids[start : start + size] for start in range(len(ids))],
        "Your batches begin at each id, so they overlap. A batch begins where the one before ends: the third argument "
        "of `range` is the step.",
    ),
    (
        lambda ids, size: [ids[start : start + size] for start in range(len(ids) - size + 1)],
        "Your batches begin at each id, so they overlap. A batch begins where the one before ends.",
    ),
    (
        lambda ids, size: [ids[start : start + size + 1] for start in range(0, len(ids), size)],
        "Off by one: your batches end with the first id of the next batch. A slice ends before its second number.",
    ),
    (
        lambda ids, size: [ids[start : start + size - 1] for start in range(0, len(ids), size)],
        "Off by one: the last id of each batch is missing. A slice ends before its second number.",
    ),
    (
        lambda ids, size: [ids[start : start + size] for start in range(0, len(ids), size + 1)],
        "Off by one: an id is missing between two batches. The next batch begins `batch_size` positions later.",
    ),
    (
        lambda ids, size: [ids[start + (start > 0) : start + size + 1] for start in range(0, len(ids), size + 1)],
        "Off by one: an id is missing between two batches.",
    ),
    (
        lambda ids, size: [ids[i * size : (i + 1) * size] for i in range(round(len(ids) / size))],
        "You rounded the number of batches to the nearest integer: round it up, because a smaller batch counts too.",
    ),
    (
        lambda ids, size: divided(ids, size + 1),
        "Off by one: your batches have one id more than `batch_size`.",
    ),
    (
        lambda ids, size: divided(ids, max(size - 1, 1)),
        "Off by one: your batches have one id less than `batch_size`.",
    ),
    (
        lambda ids, size: [ids[start:size] for start in range(0, len(ids), size)],
        "Your slices end at `batch_size`: the second number of a slice is a position in the list, not a length.",
    ),
    *(
        (
            lambda ids, size, fixed=fixed: divided(ids, fixed),
            f"Your batches always have {fixed} id{'s' * (fixed > 1)}: use the parameter `batch_size`.",
        )
        for fixed in (1, 2, 3, 4, 8, 16, 32, 64)
    ),
    (
        lambda ids, size: [ids] if ids else [],
        "You return all ids in one batch. Divide them.",
    ),
    (
        lambda ids, size: [ids],
        "You return all ids in one batch. Divide them.",
    ),
    (
        lambda ids, size: [ids[start :: math.ceil(len(ids) / size)] for start in range(math.ceil(len(ids) / size))],
        "Your batches take ids at equal distances. A batch has consecutive ids of the list.",
    ),
    (
        lambda ids, size: [ids[start::size] for start in range(min(size, len(ids)))],
        f"Your batches take ids at equal distances. A batch has consecutive ids of the list. {PARTS}",
    ),
    (_on_ids(sorted), "You sorted the ids: keep the order of the list."),
    (_on_ids(lambda ids: sorted(ids, key=int)), "You sorted the ids as numbers: keep the order of the list."),
    (
        _on_result(lambda result, size: [sorted(part) for part in result]),
        "You sorted the ids in each batch: keep the order.",
    ),
    (_on_ids(lambda ids: ids[::-1]), "You reversed the ids: keep the order of the list."),
    (_on_result(lambda result, size: result[::-1]), "Your batches are in reverse order: begin with the first ids."),
    (_on_result(lambda result, size: [part[::-1] for part in result]), "You reversed the ids within each batch."),
    (_filled(lambda part: part[-1]), "You filled the last batch with copies of its last id. It may be smaller."),
    (_filled(lambda part: ""), "You filled the last batch with empty texts. It may be smaller."),
    (_wrapped_once, "You filled the last batch with ids from the beginning of the list. It may be smaller."),
    (_wrapped, "You filled the last batch with ids from the beginning of the list. It may be smaller."),
    (_last_full, "Your last batch repeats ids of the batch before, to be full. It may be smaller."),
    (
        _on_result(lambda result, size: [part for part in result if len(part) < size] or result[-1:]),
        "You return the last batch only. Did you create the list of batches again in each round of the loop?",
    ),
    (_on_result(lambda result, size: result[-1:]), "You return the last batch only. Return all of them."),
    (_on_result(lambda result, size: result[::2]), "Every second batch is missing."),
)
