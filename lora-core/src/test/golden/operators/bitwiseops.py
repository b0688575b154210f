import torch

from cases import case, write

a = torch.tensor([0, 1, -1, 0x123456789ABCDEF, -(2**63), 2**63 - 1])
case("and", torch.bitwise_and, a=a[:, None], b=a)
case("and_mask", lambda x: torch.bitwise_and(x, 0xFFFFFFFF), x=a)
case("or", torch.bitwise_or, a=a[:, None], b=a)
case("xor", torch.bitwise_xor, a=a[:, None], b=a)
case("left", lambda x: torch.bitwise_left_shift(x, 33), x=a)
case("right", lambda x: torch.bitwise_right_shift(x, 33), x=a)
write("bitwiseops")
