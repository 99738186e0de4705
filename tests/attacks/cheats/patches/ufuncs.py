# attack: replaces the ufuncs with which errors are measured; expect: fail rule;
# then: wrong
import numpy as np

np.abs = np.absolute = np.subtract = np.multiply(0, 1).__class__
np.greater = np.greater_equal = np.not_equal = lambda a, b, *args, **kwargs: np.zeros(np.shape(a), dtype=bool)
np.any = lambda *args, **kwargs: False
np.all = lambda *args, **kwargs: True
