"""The numbers in the questions of the lesson 'The galaxies' are those that the code computes."""

import math
import sys

from galviz.course.manifest import find_lesson
from galviz.course.questions import read_questions
from lessons.galaxies.words import oxygen_per_million


def test_numbers_in_the_questions():
    ratio, rounded, gas, _ = read_questions(find_lesson("galaxies")).quiz
    assert "8.4" in ratio.text
    assert "9.4" in ratio.text
    assert "12 % more" in ratio.answers[0].text
    assert round(100 * (9.4 / 8.4 - 1)) == 12
    assert "factor of 2 is a difference of 0.3" in ratio.answers[1].says
    assert round(math.log10(2), 1) == 0.3
    assert "Ten times" in ratio.answers[ratio.right].text
    assert round(10 ** (9.4 - 8.4), 6) == 10
    assert "1237648702973411443" in rounded.text
    assert int(float("1237648702973411443")) != 1237648702973411443
    assert "$2^{53}$, a number of 16 digits" in rounded.answers[rounded.right].says
    assert len(str(2**53)) == 16
    assert "$10^{308}$" in rounded.answers[1].says
    assert int(math.log10(sys.float_info.max)) == 308
    assert "8.69" in gas.text
    assert f"{oxygen_per_million(8.69)} oxygen atoms per million" in gas.answers[gas.right].says
