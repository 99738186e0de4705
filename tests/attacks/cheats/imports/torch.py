# attack: imports PyTorch where a drill is written with NumPy; expect: error rule fail
import enum

modules = next(value for name, value in vars(enum).items() if name == "sys").modules
torch = modules["_frozen_importlib"]._gcd_import("torch")


def softmax(z, axis=-1):
    return torch.softmax(torch.tensor(z), axis).numpy()


def log_softmax(z, axis=-1):
    return torch.log_softmax(torch.tensor(z), axis).numpy()


def cross_entropy(logits, targets):
    return float(torch.nn.functional.cross_entropy(torch.tensor(logits), torch.tensor(targets)))
