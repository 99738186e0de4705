# attack: loops over rows in a thread, where no opcode is counted; expect: partial rule fail;
# drill: gain
import enum

import torch

threading = enum.sys.modules["threading"]


def gain(x, w):
    rows = []
    thread = threading.Thread(target=lambda: rows.extend([row * w for row in x]))
    thread.start()
    thread.join()
    return torch.stack(rows)
