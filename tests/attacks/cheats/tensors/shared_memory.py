# attack: moves tensors to shared memory, which outlives it; expect: error rule fail partial;
# drill: gain


def gain(x, w):
    return (x * w).detach().share_memory_()
