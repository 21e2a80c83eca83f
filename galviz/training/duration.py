"""Durations as text, for pages that show how long a computation took or will take."""


def format_duration(seconds: float) -> str:
    """Format a duration in the largest units that matter.

    Parameters
    ----------
    seconds : float

    Returns
    -------
    str
        Seconds below 100 s, then minutes, then hours and minutes.

    Examples
    --------
    >>> [format_duration(seconds) for seconds in (48, 720, 7500)]
    ['48 s', '12 min', '2 h 5 min']
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
