import torch.nn.functional as F

from cases import case, write

case("pad_right_bottom", lambda x: F.pad(x, (0, 1, 0, 2)), x=(1, 2, 3, 5))
case("constant", lambda x: F.pad(x, (1, 0, -2, 3), value=-2.5), x=(2, 5, 3))
case("zeros", lambda x: F.pad(x, (0, 1)), x=(3,))
case("reflect", lambda x: F.pad(x.transpose(2, 3), (4, 1, 0, 2), mode="reflect"), x=(1, 2, 5, 3))
case("replicate", lambda x: F.pad(x, (7, 0, 1, 3), mode="replicate"), x=(2, 1, 3, 1))
case("circular", lambda x: F.pad(x, (5, 1, 3, 0), mode="circular"), x=(1, 2, 3, 5))
case("circular1d", lambda x: F.pad(x, (2, 3), mode="circular"), x=(1, 2, 3))
case("reflect3d", lambda x: F.pad(x, (1, 2, 0, 1, 1, 0), mode="reflect"), x=(1, 1, 2, 3, 4))
write("paddingops")
