"""A survey folder to a validated catalogue and its images.

In: a folder with ``master.csv`` and ``images/``. Out: a `Survey`, or a `SurveyError` with every problem found. It may
import `galviz.files` and `galviz.errors`.
"""
