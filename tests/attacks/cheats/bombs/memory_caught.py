# attack: takes all memory, keeps it and answers wrong; expect: fail crash error timeout;
# then: wrong
import numpy as np

held = []
size = 2**28
while size > 2**12:
    try:
        held.append(np.ones(size // 8))
    except MemoryError:
        size //= 2
