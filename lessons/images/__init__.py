"""The lesson on preparing images: what is cut, turned and rescaled before a network sees a galaxy."""
