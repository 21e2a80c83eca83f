"""Threads of the app: a session is one already, and its linear algebra gets no others beside it."""

import os

import streamlit as st
from threadpoolctl import threadpool_limits


@st.cache_resource(show_spinner=False)
def one_thread_each() -> None:
    """Let NumPy and SciPy compute in the thread that asks, for all sessions, as long as the app runs.

    OpenBLAS would take a thread for each core. On matrices as small as a sample's features these threads wait for each
    other longer than they compute, and much longer where other sessions, or a student's code, keep the cores busy:
    benchmarks/projection.py. PyTorch has threads of its own, which stay.
    """
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # SciPy's OpenBLAS, loaded with the first page that needs it, reads this
    threadpool_limits(1, user_api="blas")  # NumPy's is loaded already
