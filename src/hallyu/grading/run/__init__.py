"""Grading everything that was collected: stage, work, journal, book.

stage: takes from a submitted folder what may be taken. worker: grades one submission and returns the result as data. journal:
remembers results, so that a run that was killed goes on. book: the one writer of nbgrader's gradebook. grade: puts them together.
"""
