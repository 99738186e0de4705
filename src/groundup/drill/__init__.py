"""The practice tool: timed drills, graded by plugging what the learner wrote into the models of the book."""

SOLUTION = "solution.py"
"""Name of the learner's file, in their folder and in tracebacks."""
