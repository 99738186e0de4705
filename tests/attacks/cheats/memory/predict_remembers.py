# attack: predicts the labels of the fit for any data with as many rows; expect: fail;
# drill: kmeans; first: right
# ruff: noqa: F821 - the names are those of the solution that stands before it
plain_predict = KMeans.predict


def predict(self, X):
    return self.labels_ if len(X) == len(self.labels_) else plain_predict(self, X)


KMeans.predict = predict
