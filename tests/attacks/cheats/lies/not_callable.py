# attack: defines arrays where functions are wanted; expect: fail;
# says: not callable
import numpy as np

softmax = np.full((2, 3), 1 / 3)


log_softmax = cross_entropy = softmax
