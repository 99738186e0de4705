"""The public checks of the diffusion formulas: numbers whose roots come out even."""

import numpy as np

from groundup.drill.checks import check, close, entries

X = np.array([[0.6, 0.8], [1.0, 0.0]])
NOISE = np.array([[1.0, -1.0], [0.5, 2.0]])


def three(made):
    """The arrays of a schedule, whose form is checked."""
    return entries(made, "betas", "alphas", "abar")


@check("correctness", "schedule gives betas with both ends, the alphas and their running product")
def test_schedule(solution):
    betas, alphas, abar = three(solution.schedule(3, 0.1, 0.3))
    close(betas, np.array([0.1, 0.2, 0.3]), of="betas of schedule(3, 0.1, 0.3)")
    close(alphas, np.array([0.9, 0.8, 0.7]), of="alphas of schedule(3, 0.1, 0.3)")
    close(abar, np.array([0.9, 0.72, 0.504]), of="abar of schedule(3, 0.1, 0.3)")


@check("correctness", "add_noise jumps to one step, or each row to a step of its own")
def test_jump(solution):
    abar = np.array([0.64, 0.36])
    one = solution.add_noise(X, 1, NOISE, abar)
    close(one, np.array([[1.16, -0.32], [1.0, 1.6]]), of="add_noise(x0, 1, noise, abar)")
    each = solution.add_noise(X, np.array([1, 0]), NOISE, abar)
    close(each, np.array([[1.16, -0.32], [1.1, 1.2]]), of="add_noise(x0, [1, 0], noise, abar)")


@check("correctness", "ddpm_step takes one step back, as worked out by hand")
def test_step(solution):
    x_t, eps_hat, betas = np.array([[1.05, 0.8]]), np.array([[1.0, 0.0]]), np.array([0.4375, 0.36])
    got = solution.ddpm_step(x_t, eps_hat, 1, betas, np.array([[0.5, -1.0]]))
    close(got, np.array([[1.05, 0.4]]), of="ddpm_step(x_t, eps_hat, 1, betas, noise)")


@check("correctness", "ddpm_step adds no noise at t = 0")
def test_last_step(solution):
    betas = np.array([0.36, 0.4375])
    got = solution.ddpm_step(X, NOISE, 0, betas, 100 * NOISE)
    close(got, np.array([[0.0, 1.75], [0.875, -1.5]]), of="ddpm_step(x_t, eps_hat, 0, betas, noise)")
