# attack: an object is never finished; expect: timeout;
# drill: kmeans; says: in __init__


class KMeans:
    def __init__(self, *args, **kwargs):
        while True:
            pass
