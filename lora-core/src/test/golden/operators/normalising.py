import torch
import torch.nn.functional as F

from cases import case, write

case("group_norm", lambda x, weight, bias: F.group_norm(x, 3, weight, bias), x=(2, 6, 3, 5), weight=(6,), bias=(6,))
case("layer_norm", lambda x, weight, bias: F.layer_norm(x.transpose(0, 1), (7,), weight, bias), x=(3, 2, 7), weight=(7,), bias=(7,))
write("normalising")
