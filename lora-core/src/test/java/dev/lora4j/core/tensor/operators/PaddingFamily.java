package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Padding;
import java.util.List;

/** Elements added at the borders. */
final class PaddingFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return Padding.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.of(
            "padRightBottom(int, int)",
            g -> g.reals(g.sizes(4, 4)).padRightBottom(g.size(0, 2), g.size(0, 2))));
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        Golden.of(
            "padRightBottom(int, int)",
            "pad_right_bottom",
            in -> in.apply("x").padRightBottom(1, 2)));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "padRightBottom(int, int)",
            g -> g.reals(2, 3, 4).padRightBottom(1, 1),
            "[batch, channels, height, width]",
            "F64 [2, 3, 4]"));
  }
}
