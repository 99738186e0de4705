# attack: reads and writes files with torch; expect: error rule;
# drill: gain; then: right; says: (Permission|denied|Read-only|cannot be opened)
import torch

torch.save(torch.ones(3), "/tmp/breach.pt")
