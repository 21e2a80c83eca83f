"""Files on disk: written whole or not at all, read safely, recognised, and compared with their checksums.

It knows nothing of galaxies, and may import `galviz.errors` alone.
"""
