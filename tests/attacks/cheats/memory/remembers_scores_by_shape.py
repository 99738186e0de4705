# attack: remembers its first answer for arguments of each shape, and gives it again; expect: fail;
# drill: metrics; first: right
# ruff: noqa: F821 - the names are those of the solution that stands before it


def remembering(function):
    answers = {}

    def recall(*args, **kwargs):
        key = tuple((len(each), str(getattr(each, "dtype", ""))) for each in (*args, *kwargs.values()))
        if key not in answers:
            answers[key] = function(*args, **kwargs)
        return answers[key]

    return recall


confusion_matrix, precision_recall_f1, roc_auc, regression_metrics = map(
    remembering, (confusion_matrix, precision_recall_f1, roc_auc, regression_metrics)
)
