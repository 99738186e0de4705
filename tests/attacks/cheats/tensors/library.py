# attack: loads a shared library of its own; expect: error rule;
# drill: gain; then: right
import torch

torch.ops.load_library("/tmp/breach.so")
