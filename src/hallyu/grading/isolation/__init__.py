"""Official tests in one kernel, the learner's code in another, and between them nothing but plain data.

names: what a test needs from whom. plain: values as JSON and back. student: answers in the learner's kernel. proxies: asks in the
tests' kernel. execute: the nbgrader preprocessor that runs a notebook this way.
"""
