"""The practice tool: timed drills, graded by plugging what the learner wrote into the models of the book."""

SOLUTION = "solution.py"
"""Name of the learner's file, in their folder and in tracebacks."""

ENCODING = "utf-8-sig"
"""Of the learner's file: UTF-8, also with the byte-order mark that some editors on Windows put before it."""
