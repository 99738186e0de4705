# wrong: has PyTorch's AdamW do it (a forbidden call)
import torch


class Adam:
    def __init__(self, shapes, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.params = {name: torch.zeros(shape) for name, shape in shapes.items()}
        self.optimiser = torch.optim.AdamW(self.params.values(), lr, betas, eps, weight_decay)

    def step(self, params, grads):
        for name, p in self.params.items():
            p.data, p.grad = torch.from_numpy(params[name].copy()), torch.from_numpy(grads[name])
        self.optimiser.step()
        return {name: p.numpy() for name, p in self.params.items()}
