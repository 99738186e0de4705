# wrong: scikit-learn's PCA was to be written (a forbidden import)
from sklearn.decomposition import PCA as Ready


class PCA(Ready):
    pass
