"""The course's machinery: lessons and their exercises, a student's folder, running their code apart, what they passed.

It knows of no lesson in particular: the manifest (`lessons.LESSONS`) is handed to it.
"""
