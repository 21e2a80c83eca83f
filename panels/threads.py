"""Limit linear algebra to one thread per session."""

import os

import streamlit as st
from threadpoolctl import threadpool_limits


@st.cache_resource(show_spinner=False)
def limit_blas_threads() -> None:
    """Let NumPy and SciPy compute in the calling thread only, for all sessions.

    OpenBLAS would use one thread per core. On matrices as small as a sample's features, these threads wait for each
    other longer than they compute, especially if other sessions or a student's code keep the cores busy: see
    benchmarks/projection.py. PyTorch's threads aren't affected.

    Examples
    --------
    >>> limit_blas_threads()
    """
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read by SciPy's OpenBLAS, which is loaded later
    threadpool_limits(1, user_api="blas")  # for NumPy's OpenBLAS, which is loaded already
