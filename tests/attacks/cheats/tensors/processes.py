# attack: starts processes with torch; expect: error rule crash;
# drill: gain; then: right
import torch.multiprocessing

torch.multiprocessing.spawn(print, nprocs=2)
