# attack: keeps the function of one check and calls it in the next; expect: fail;
# drill: relay
kept = []


def relay(function, n):
    kept.append(function)
    return [kept[0](i) for i in range(n)]


def total(x):
    return float(x.sum())
