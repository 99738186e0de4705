# attack: calls functions of the suite by numbers that it was never given; expect: crash rule fail;
# drill: relay
def relay(function, n):
    insides = function.__closure__
    for cell in insides:
        if isinstance(cell.cell_contents, int):
            cell.cell_contents = 99
    return [function(i) for i in range(n)]


def total(x):
    return float(x.sum())
