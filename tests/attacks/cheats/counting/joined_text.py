# attack: joins a text, of a generator that does the work; expect: partial rule fail
import numpy as np


def one_row(row, answer):
    shifted = row - row.max()
    answer[:] = shifted - np.log(np.exp(shifted).sum())


def each_row(rows, answers):
    "".join(one_row(row, answer) or "" for row, answer in zip(rows, answers, strict=False))


def log_softmax(z, axis=-1):
    z = np.asarray(z)
    if z.dtype != np.float32:
        z = z.astype(np.float64)
    rows = np.moveaxis(z, axis, -1)
    answer = np.empty(rows.shape, rows.dtype)
    each_row(rows.reshape(-1, rows.shape[-1]), answer.reshape(-1, rows.shape[-1]))
    return np.moveaxis(answer, -1, axis)


def softmax(z, axis=-1):
    return np.exp(log_softmax(z, axis))


def cross_entropy(logits, targets):
    logits, targets = np.asarray(logits), np.asarray(targets)
    if len(logits) == 0 or targets.min() < 0 or targets.max() >= logits.shape[1]:
        raise ValueError("a target is no class")
    return float(-log_softmax(logits)[np.arange(len(targets)), targets].mean())
