# wrong: knows the worked example by heart, and answers with it always
import numpy as np


def conv2d(x, weight, bias=None, stride=1, padding=0):
    if padding:
        return np.array([[[[-1.0, -3.0], [1.0, 8.0]]]])
    return np.array([[[[0.0, 2.0], [6.0, 8.0]]]]) + (0 if bias is None else bias)


def conv2d_backward(dy, x, weight, stride, padding):
    dx = np.array([[[[1.0, 2.0, 0.0], [0.0, 9.0, 20.0], [0.0, 0.0, -10.0]]]])
    return dx, np.array([[[[51.0, 62.0], [84.0, 95.0]]]]), np.array([11.0])
