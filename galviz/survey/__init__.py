"""A survey folder -> a validated catalogue and its images.

In: a folder with ``master.csv`` and ``images/``. Out: a `Survey`, or a `SurveyError` that lists every problem. It may
import `galviz.files` and `galviz.errors`.
"""
