package dev.lora4j.diffusion.train;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.dataset.Picture;
import java.nio.ByteBuffer;
import java.util.List;

/** Pictures as tensors: U8 [batch, 3, height, width] for callers, values in [-1, 1] in programs. */
public final class PictureBatch {
  private PictureBatch() {}

  /** Packs pictures of one size. */
  public static Tensor of(Scope scope, List<Picture> pictures) {
    Picture first = pictures.get(0);
    ByteBuffer bytes = ByteBuffer.allocate(pictures.size() * first.rgb().length);
    pictures.forEach(p -> bytes.put(p.rgb()));
    Shape shape = Shape.of(pictures.size(), 3, first.height(), first.width());
    return Tensor.of(scope, DType.U8, shape, bytes.flip());
  }

  /** U8 to F32 in [-1, 1]. */
  public static Expr normalised(Expr pictures) {
    return pictures.to(DType.F32).mul(1 / 127.5).add(-1);
  }
}
