"""What authors of drills use: mutants of a reference, and the gate that a drill must pass."""
