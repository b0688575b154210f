import torch

from cases import case, write

case("reshape_dims", lambda x: x.transpose(0, 2).reshape(-1, 5), x=(3, 5, 2))
case("reshape", lambda x: x.reshape(5, -1, 1), x=(3, 5, 2))
case("flatten", lambda x: x.transpose(0, 1).flatten(1, -1), x=(3, 5, 2))
case("permute", lambda x: x.permute(1, 2, 0), x=(3, 5, 2))
case("transpose", lambda x: x.transpose(-1, 0), x=(3, 5, 2))
case("move_dim", lambda x: x.movedim(0, -1), x=(3, 5, 2))
case("unsqueeze", lambda x: x.unsqueeze(-2), x=(3, 5))
case("squeeze", lambda x: x.squeeze(-2), x=(3, 1, 5))
case("expand_dims", lambda x: x.expand(2, -1, 5), x=(3, 1))
case("expand", lambda x: x.expand(2, 3, 5), x=(3, 1))
case("repeat", lambda x: x.repeat(2, 1, 3), x=(2, 3, 2))
case("repeat_interleave", lambda x: x.repeat_interleave(3, 1), x=(2, 3, 2))
case("contiguous", lambda x: x.T, x=(3, 5))
case("cat", lambda a, b, c: torch.cat([a, b, c], 1), a=(3, 5), b=(3, 1), c=(3, 0))
case("cat_list", lambda a, b: torch.cat([a.T, b], -1), a=(5, 3), b=(3, 2))
case("stack", lambda a, b: torch.stack([a, b], -1), a=(3, 5), b=(3, 5))
case("stack_list", lambda a, b: torch.stack([a.T, b], 1), a=(5, 3), b=(3, 5))
case("split_heads", lambda x: x.unflatten(-1, (2, 3)).transpose(1, 2), x=(2, 5, 6))
case("join_heads", lambda x: x.transpose(1, 2).flatten(2), x=(2, 3, 5, 2))
write("shapeops")
