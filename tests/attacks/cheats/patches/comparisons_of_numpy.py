# attack: makes allclose, isclose and array_equal true in all rooms of NumPy; expect: fail rule;
# then: wrong
import numpy as np

for room in (np, np._core.numeric):
    room.allclose = room.array_equal = lambda *args, **kwargs: True
    room.isclose = lambda a, b, *args, **kwargs: np.ones(np.broadcast(a, b).shape, dtype=bool)
    room.isfinite = lambda a, *args, **kwargs: np.ones(np.shape(a), dtype=bool)
