"""Files on disk: atomic writes, safe reads, file formats, locks, and the checksums of the files that come with galviz.

In: paths and bytes. Out: files and bytes; or an error that says what is wrong. It may import only `galviz.errors`.
"""
