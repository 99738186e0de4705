"""What a learner sees of gain."""

import torch

from groundup.drill.checks import check, close


@check("correctness", "rows are multiplied by the weights")
def test_values(solution):
    x, w = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([10.0, 0.5])
    close(solution.gain(x, w), (x * w).double().numpy(), of="gain(x, w)", dtype="torch.float32")
