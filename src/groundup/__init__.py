"""Ground Up: machine learning from first principles, as a book that runs and a practice tool that grades."""
