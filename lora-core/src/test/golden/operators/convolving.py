import torch
import torch.nn.functional as F

from cases import case, write

case("conv2d", lambda x, weight: F.conv2d(x.transpose(2, 3), weight, stride=2, padding=1), x=(2, 3, 7, 5), weight=(5, 3, 3, 2))
case("conv2d_bias", lambda x, weight, bias: F.conv2d(x, weight, bias, padding=2), x=(1, 2, 3, 5), weight=(3, 2, 3, 1), bias=(3,))
write("convolving")
