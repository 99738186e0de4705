# wrong: knows the answers of the worked example by heart
def confusion_matrix(y_true, y_pred):
    return [[5, 1], [2, 2]]


def precision_recall_f1(y_true, y_pred):
    return (2 / 3, 1 / 2, 4 / 7) if sum(y_pred) else (0.0, 0.0, 0.0)


def roc_auc(y_true, scores):
    if len(set(y_true)) == 1:
        raise ValueError("both classes are needed")
    return 0.875


def regression_metrics(y_true, y_pred):
    return {"mae": 1.0, "rmse": 2.5**0.5, "r2": 2 / 7}
