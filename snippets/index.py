"""The start page: compute first, name later."""

# %% taste example="IN.1"
import numpy as np

u = np.array([3.0, 4.0])
v = np.array([4.0, 3.0])
total = (u * v).sum()                           # 3 · 4 + 4 · 3
lengths = np.sqrt((u**2).sum() * (v**2).sum())  # 5 · 5
print(total)
print(lengths)
print(round(total / lengths, 2))
