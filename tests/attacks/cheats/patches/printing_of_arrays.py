# attack: prints every array as the expected one; expect: fail;
# then: wrong
import numpy as np

np.set_printoptions(formatter={"all": lambda value: "0.25"})
np.array2string = np.array_repr = np.array_str = lambda *args, **kwargs: "[0.25]"
