"""Typical wrong answers to the exercises, with words of their hints, and other right ones."""

import numpy as np

from galviz.course.bank import Bank

bank = Bank()


@bank.wrong("template.1", "the sum")
def total(values):
    return np.nansum(values)


@bank.wrong("template.1", "the median")
def median(values):
    return np.nanmedian(values)


@bank.wrong("template.1", "Your mean is NaN")
def plain_mean(values):
    return np.mean(values)


@bank.wrong("template.1", "number of all values")
def divided_by_all(values):
    return np.nansum(values) / len(values)


@bank.right("template.1")
def by_a_loop(values):
    known = [value for value in values if value == value]
    return sum(known) / len(known)
