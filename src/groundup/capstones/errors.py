"""What a capstone tells its user; apart from `training`, since the agent needs no PyTorch."""


class CapstoneError(Exception):
    """Something that the user of a capstone can put right; its text says what was wrong and what is wanted."""
