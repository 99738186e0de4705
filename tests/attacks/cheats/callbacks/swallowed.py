# attack: swallows the exceptions of the function and goes on; expect: fail;
# drill: relay
def relay(function, n):
    values = []
    for i in range(n):
        try:
            values.append(function(i))
        except ValueError:
            values.append(0)
    return values


def total(x):
    return float(x.sum())
