"""The practice tool: timed drills, graded by plugging what the learner wrote into the models of the book."""
