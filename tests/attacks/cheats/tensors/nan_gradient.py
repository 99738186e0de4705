# attack: gives NaN for gradients; expect: fail;
# drill: gain; says: is nan where
def gain(x, w):
    y = x * w
    if y.requires_grad:
        y.register_hook(lambda dy: dy * float("nan"))
    return y
