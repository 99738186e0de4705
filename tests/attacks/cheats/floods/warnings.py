# attack: warns in every call; expect: pass partial;
# then: right; says: too hot
import warnings

import numpy as np

exp = np.exp


def hot(*args, **kwargs):
    warnings.warn("too hot " + "!" * 10_000, stacklevel=1)
    return exp(*args, **kwargs)


warnings.simplefilter("always")
np.exp = hot
