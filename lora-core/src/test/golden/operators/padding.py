import torch
import torch.nn.functional as F

from cases import case, write

case("pad_right_bottom", lambda x: F.pad(x, (0, 1, 0, 2)), x=(1, 2, 3, 5))
write("padding")
