"""The course's machinery: lessons and exercises, a student's folder, running and grading their code, their progress.

In: the lessons of `lessons/manifest.toml`, none of which it names, and a student's code. Out: the outcome of each task,
progress, notebooks. It may import `galviz.files` and `galviz.errors`.
"""
