"""Official tests in one kernel, the learner's code in another, and between them nothing but plain data.

names: what a test needs from whom. plain: values as JSON and back. wire: messages between the two kernels. student: answers in
the learner's kernel. proxies: asks in the tests' kernel. session: one kernel and the conversation with it. execute: the
nbgrader preprocessor that runs a notebook this way. trial: which tests cannot be run this way, read and tried.
"""
