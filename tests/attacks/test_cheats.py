"""Every file in `cheats/` is graded, and must come to an outcome that its first line allows."""


def test_cheat(arena, cheat):
    arena.attack(cheat)
