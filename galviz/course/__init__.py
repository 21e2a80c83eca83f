"""The course's machinery: lessons and their exercises, a student's folder, running their code, and their progress.

It names no lesson in particular: the lessons are those of `lessons/manifest.toml`. It may import `galviz.files` and
`galviz.errors`.
"""
