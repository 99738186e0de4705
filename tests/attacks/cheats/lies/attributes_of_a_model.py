# attack: a model all of whose attributes agree with everything; expect: fail;
# drill: kmeans


class Yes:
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args, **kwargs):
        return self

    def __eq__(self, other):
        return True

    def __len__(self):
        return 3

    def __hash__(self):
        return 0


KMeans = Yes()
