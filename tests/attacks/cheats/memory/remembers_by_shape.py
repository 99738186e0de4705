# attack: remembers its first answer for arguments of each shape, and gives it again; expect: fail;
# first: right
# ruff: noqa: F821 - the names are those of the solution that stands before it


def remembering(function):
    answers = {}

    def recall(*args, **kwargs):
        key = tuple(
            (getattr(each, "shape", each), str(getattr(each, "dtype", ""))) for each in (*args, *kwargs.values())
        )
        if key not in answers:
            answers[key] = function(*args, **kwargs)
        return answers[key]

    return recall


softmax, log_softmax, cross_entropy = map(remembering, (softmax, log_softmax, cross_entropy))
