import torch

from cases import case, write

case("slice", lambda x: x[..., 1:4], x=(2, 7))
case("slice_step", lambda x: x[..., 1:6:2], x=(2, 7))
case("slice_dims", lambda x: x[:, 2:6], x=(2, 7))
case("narrow", lambda x: x.narrow(1, 3, 2), x=(2, 7))
case("select", lambda x: x.select(1, -2), x=(2, 7, 3))
case("select_dim", lambda x: x.select(0, 1), x=(2, 7, 3))
case("chunk", lambda x: x.chunk(3, 1), x=(2, 9))
case("split", lambda x: x.split([2, 0, 5], -1), x=(2, 7))
case("split_one", lambda x: x.split([7], -1), x=(2, 7))
case("unbind", lambda x: x.unbind(1), x=(2, 3, 4))
case("flip", lambda x: x.flip(0, -1), x=(2, 3, 4))
case("roll", lambda x: x.roll(-4, 1), x=(2, 3, 4))
case("tril", lambda x: x.tril(-1), x=(2, 3, 4))
case("triu", lambda x: x.triu(1), x=(2, 3, 4))
case("diagonal", lambda x: x.diagonal(dim1=-2, dim2=-1), x=(2, 3, 4))
case("diagonal_matrix", torch.diag_embed, x=(2, 3))
write("sliceops")
