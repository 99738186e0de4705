# attack: gives the right values and no gradient; expect: fail;
# drill: gain
def gain(x, w):
    return (x * w).detach()
