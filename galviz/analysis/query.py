"""Queries on the columns of a table, such as ``metallicity < 8.5 and inclination_deg > 70``.

The language is that of `pandas.DataFrame.query` without calls, attributes and variables: a visitor of a deployed app
may write any query, and pandas' own would let it call methods. The results are those of pandas: a comparison with a
missing value is False, except ``!=``.
"""

import ast
import io
import operator
import re
import tokenize
import unicodedata
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from galviz.errors import describe_unknown_id, quoted

MAX_LENGTH = 10_000
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_SYMBOLS = {"&": "and", "|": "or", "~": "not"}
# A name in backticks, or a text in quotes, which may contain backticks; the first to begin is meant.
_QUOTED = re.compile(r"""`([^`]+)`|"[^"\n]*"|'[^'\n]*'""")
# Beyond it a float can't represent each whole number.
_LARGEST_EXACT = 2**53
_EXAMPLE = "Write a condition such as metallicity < 8.5 and inclination_deg > 70"


class QueryError(ValueError):
    """A query can't be evaluated; the message says why and what to write."""


def select_rows(table: pd.DataFrame, query: str) -> np.ndarray:
    """Find the rows of a table for which a condition is true.

    Parameters
    ----------
    table : DataFrame of n rows
    query : str
        Comparisons (``<``, ``<=``, ``>``, ``>=``, ``==``, ``!=``, ``in``, ``not in``) of columns, numbers, text in
        quotes and lists of these, with ``+ - * / **``, joined by ``and``, ``or`` and ``not`` (or ``&``, ``|``, ``~``).
        The name of the index is a column too. A name that isn't a Python name is written in backticks:
        ```stellar mass` > 10``.

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    QueryError
        If the query has another syntax, names an unknown column, or compares text with numbers.

    Examples
    --------
    >>> table = pd.DataFrame({"metallicity": [8.4, 8.9], "kind": ["disc", "bulge"]})
    >>> select_rows(table, "metallicity < 8.5 and kind == 'disc'").tolist()
    [True, False]
    """
    if len(query) > MAX_LENGTH:
        raise QueryError(f"The query must have at most {MAX_LENGTH:,} characters; got {len(query):,}. Shorten it.")
    columns = {str(name): table[name] for name in table}
    if table.index.name is not None:
        columns.setdefault(str(table.index.name), table.index.to_series())
    evaluator = _Evaluator(columns, *_parse(query, columns))
    with np.errstate(all="ignore"):
        result = evaluator.evaluate_root()
    if isinstance(result, pd.Series) and pd.api.types.is_bool_dtype(result):
        return result.to_numpy(dtype=bool, na_value=False)
    raise QueryError(f"The query must be a condition on columns; got {quoted(query)}. {_EXAMPLE}.")


def _parse(query: str, columns: Collection[str]) -> tuple[ast.expr, dict[str, str]]:
    """Parse a query; return its syntax tree, and the column names by their placeholders in it."""
    names: dict[str, str] = {}
    prefix = "column_"
    while any(name.startswith(prefix) for name in columns):
        prefix += "_"

    def placeholder(column: str) -> str:
        name = f"{prefix}{len(names)}"
        names[name] = column
        return name

    def read(token: tokenize.TokenInfo) -> tuple[int, str]:
        if token.string in _SYMBOLS:
            return tokenize.NAME, _SYMBOLS[token.string]
        if token.type == tokenize.NAME and unicodedata.normalize("NFKC", token.string) != token.string:
            return tokenize.NAME, placeholder(token.string)  # Python would read µ (micro) as μ (the letter)
        return token.type, token.string

    try:
        text = _QUOTED.sub(lambda match: f" {placeholder(match[1])} " if match[1] else match[0], query.strip())
        tokens = [read(token) for token in tokenize.generate_tokens(io.StringIO(text).readline)]
        return ast.parse(tokenize.untokenize(tokens).strip(), mode="eval").body, names
    except (SyntaxError, tokenize.TokenError, ValueError, RecursionError, MemoryError) as error:
        hint = "Compare with == instead of =" if re.search(r"(?<![<>=!])=(?!=)", query) else _EXAMPLE
        raise QueryError(f"The query {quoted(query)} isn't complete or has a wrong sign. {hint}.") from error


class _Evaluator:
    """Evaluates a syntax tree on columns; any node that isn't listed here is refused."""

    def __init__(self, columns: Mapping[str, pd.Series], tree: ast.expr, names: Mapping[str, str]) -> None:
        self.columns, self.tree, self.names = columns, tree, names

    def evaluate_root(self) -> object:
        try:
            return self._evaluate(self.tree)
        except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
            if isinstance(error, QueryError):
                raise
            raise QueryError(f"The query can't be evaluated ({error}). Compare numbers with numbers.") from error

    def _evaluate(self, node: ast.expr) -> Any:  # noqa: ANN401 (a Series, a number, a text or a list)
        match node:
            case ast.BoolOp(op=op, values=values):
                results = [self._condition(value) for value in values]
                combine = operator.and_ if isinstance(op, ast.And) else operator.or_
                result = results[0]
                for other in results[1:]:
                    result = combine(result, other)
                return result
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return ~self._condition(operand)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)) if type(value) is int:
                return -value  # exact, whatever its size
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self._number(operand)
            case ast.BinOp(op=op, left=left, right=right) if type(op) in _ARITHMETIC:
                result = _ARITHMETIC[type(op)](self._number(left), self._number(right))
                if isinstance(result, complex):
                    raise QueryError(f"{quoted(ast.unparse(node))} isn't a real number. Compare with one.")
                return result
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                return self._compare(left, ops, comparators)
            case ast.Name(id=name):
                return self._column(self.names.get(name, name))
            case ast.Constant(value=bool() | int() | float() | str() as value):
                return value
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                return [self._listed(element) for element in elements]
        raise QueryError(f"The query can't contain {quoted(ast.unparse(node))}. {_EXAMPLE}.")

    def _condition(self, node: ast.expr) -> pd.Series:
        value = self._evaluate(node)
        if isinstance(value, pd.Series) and pd.api.types.is_bool_dtype(value):
            return value
        raise QueryError(f"{quoted(ast.unparse(node))} must be a condition. {_EXAMPLE}.")

    def _listed(self, node: ast.expr) -> bool | float | str:
        value = self._evaluate(node)
        if isinstance(value, pd.Series | list):
            raise QueryError(f"A list can contain numbers and text only; got {quoted(ast.unparse(node))}.")
        return value

    def _number(self, node: ast.expr) -> Any:  # noqa: ANN401 (a Series or a number)
        value = self._evaluate(node)
        is_number = pd.api.types.is_numeric_dtype(value) if isinstance(value, pd.Series) else _is_number(value)
        if not is_number:
            raise QueryError(f"{quoted(ast.unparse(node))} must be a number or a column of numbers.")
        if _is_inexact(value):
            raise QueryError(
                f"{quoted(ast.unparse(node))} has whole numbers beyond 2^53, with which sums aren't exact. Compare it "
                "without + - * / **."
            )
        if isinstance(value, int):
            return float(value)  # because whole numbers to a high power take forever
        if isinstance(value, pd.Series):
            # Integers would wrap around where they overflow, and True + True is True.
            return value.astype("Float64" if pd.api.types.is_extension_array_dtype(value.dtype) else float)
        return value

    def _column(self, name: str) -> pd.Series:
        if name not in self.columns:
            raise QueryError(f"There is no column {describe_unknown_id(name, list(self.columns))}.")
        return self.columns[name]

    def _compare(self, left: ast.expr, ops: list[ast.cmpop], comparators: list[ast.expr]) -> pd.Series:
        result, one = None, self._evaluate(left)
        for op, comparator in zip(ops, comparators, strict=True):
            other = self._evaluate(comparator)
            pair = _compare_pair(op, one, other, ast.unparse(comparator))
            result, one = pair if result is None else result & pair, other
        return result


def _compare_pair(op: ast.cmpop, one: object, other: object, text: str) -> pd.Series:
    if isinstance(op, ast.In | ast.NotIn):
        if not isinstance(one, pd.Series) or not isinstance(other, list):
            raise QueryError(
                f"'in' compares a column with a list, as in kind in ['disc', 'bulge']; got {quoted(text)}."
            )
        for value in other:
            _check_types(one, value)
        # Separately, or pandas would round whole numbers beside fractions.
        whole = [value for value in other if isinstance(value, int)]
        result = one.isin(whole) | one.isin([value for value in other if not isinstance(value, int)])
        return ~result if isinstance(op, ast.NotIn) else result
    if type(op) not in _COMPARISONS or isinstance(one, list) or isinstance(other, list):
        raise QueryError(f"{quoted(text)} can't be compared like this. {_EXAMPLE}.")
    _check_types(one, other)
    result = _COMPARISONS[type(op)](one, other)
    if not isinstance(result, pd.Series):
        raise QueryError(f"A comparison must contain a column; got {quoted(text)}. {_EXAMPLE}.")
    return result


def _check_types(one: object, other: object) -> None:
    """Raise QueryError if text is compared with a number: pandas would find no row, and not say why."""
    if _is_text(one) != _is_text(other):
        raise QueryError("Text can't be compared with a number. Write text, and every objID, in quotes.")


def _is_text(value: object) -> bool:
    if isinstance(value, pd.Series):
        return not (pd.api.types.is_numeric_dtype(value) or pd.api.types.is_bool_dtype(value))
    return isinstance(value, str)


def _is_inexact(value: object) -> bool:
    """Whether a whole number, or any of a column, is too large to be a float without rounding."""
    if isinstance(value, pd.Series):
        if not pd.api.types.is_integer_dtype(value) or not (known := value.dropna()).size:
            return False
        return int(known.max()) > _LARGEST_EXACT or int(known.min()) < -_LARGEST_EXACT
    return isinstance(value, int) and abs(value) > _LARGEST_EXACT


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
