# wrong: gradient descent without any state
class Adam:
    def __init__(self, shapes, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.lr, self.weight_decay = lr, weight_decay

    def step(self, params, grads):
        return {
            name: (p - self.lr * (grads[name] + self.weight_decay * p)).astype(p.dtype) for name, p in params.items()
        }
