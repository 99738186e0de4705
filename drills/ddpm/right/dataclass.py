# right: a dataclass holds the tables, a subclass the sampler's; the functions wrap them; transposes for the rows
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Process:
    betas: np.ndarray

    @classmethod
    def linear(cls, steps, first, last):
        return cls(np.linspace(first, last, steps))

    @cached_property
    def alphas(self):
        return 1.0 - self.betas

    @cached_property
    def abar(self):
        return np.cumprod(self.alphas)


class Sampler(Process):
    def back(self, x, eps, t):
        scale = self.betas[t] / np.sqrt(1.0 - self.abar[t])
        return (x - scale * eps) / np.sqrt(self.alphas[t])

    def sigma(self, t):
        return 0.0 if t < 1 else np.sqrt(self.betas[t])


def schedule(T, beta_start, beta_end):
    made = Process.linear(T, beta_start, beta_end)
    return made.betas, made.alphas, made.abar


def add_noise(x0, t, noise, abar, *, signal=np.sqrt):
    kept = abar[np.asarray(t)]
    return (signal(kept) * x0.T + signal(1.0 - kept) * noise.T).T  # the rows come last, so that [n] meets them


def ddpm_step(x_t, eps_hat, t, betas, noise):
    sampler = Sampler(betas)
    return sampler.back(x_t, eps_hat, t) + sampler.sigma(t) * noise
