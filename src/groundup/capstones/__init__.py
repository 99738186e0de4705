"""The models that the book trains and the drills plug into, one file each."""
