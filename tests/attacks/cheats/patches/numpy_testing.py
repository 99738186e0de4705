# attack: makes every comparison of numpy.testing succeed; expect: fail rule;
# then: wrong
import numpy as np

for name in dir(np.testing):
    if name.startswith("assert"):
        setattr(np.testing, name, lambda *args, **kwargs: None)
