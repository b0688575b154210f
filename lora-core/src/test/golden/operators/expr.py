import torch

from cases import case, write

numbers = torch.tensor([0.0, -0.0, 1 + 2**-9, 1 + 3 * 2**-9, -2.75, 65519.0, 1e-8, 3.9], dtype=torch.float64)
case("dim", lambda x: x.reshape(5, 3), x=(3, 5))
case("to_f32", lambda x: x.to(torch.float32), x=numbers / 3)
case("to_bf16", lambda x: x.to(torch.bfloat16), x=numbers)
case("to_f16", lambda x: x.to(torch.float16), x=numbers)
case("to_i32", lambda x: x.to(torch.int32), x=numbers)
case("detach", lambda x: x, x=(3,))
case("trainable", lambda x: x, x=(3,))
write("expr")
