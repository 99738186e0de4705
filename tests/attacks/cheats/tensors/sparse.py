# attack: gives a sparse tensor; expect: fail;
# drill: gain
def gain(x, w):
    return (x * w).to_sparse()
