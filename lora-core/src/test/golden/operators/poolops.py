import torch.nn.functional as F

from cases import case, write

case("max1d", lambda x: F.max_pool1d(x, 3, 2, 1), x=(2, 3, 8))
case("max2d", lambda x: F.max_pool2d(x, (2, 3), (3, 2), 1, ceil_mode=True), x=(1, 2, 7, 6))
case("max2d_dilated", lambda x: F.max_pool2d(x, 2, 1, dilation=(3, 2)), x=(1, 2, 5, 7))
case("max3d", lambda x: F.max_pool3d(x, 2), x=(1, 2, 3, 5, 4))
case("average1d", lambda x: F.avg_pool1d(x, 2, ceil_mode=True), x=(2, 1, 7))
case("average2d", lambda x: F.avg_pool2d(x, (3, 2), (2, 3), 1, ceil_mode=True), x=(1, 2, 6, 5))
case("average2d_inside", lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=False), x=(1, 2, 6, 5))
case("average3d", lambda x: F.avg_pool3d(x, (2, 1, 3), 1), x=(1, 2, 3, 2, 4))
case("adaptive1d", lambda x: F.adaptive_avg_pool1d(x, 4), x=(2, 3, 7))
case("adaptive2d", lambda x: F.adaptive_avg_pool2d(x.transpose(2, 3), (5, 2)), x=(1, 2, 5, 3))
case("adaptive3d", lambda x: F.adaptive_avg_pool3d(x, 1), x=(2, 3, 2, 3, 5))
write("poolops")
