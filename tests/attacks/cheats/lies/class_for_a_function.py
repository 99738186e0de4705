# attack: defines a class where a function is wanted; expect: fail;
# says: an object of type softmax
class softmax:
    def __init__(self, z, axis=-1):
        self.shape = z.shape


log_softmax = cross_entropy = softmax
