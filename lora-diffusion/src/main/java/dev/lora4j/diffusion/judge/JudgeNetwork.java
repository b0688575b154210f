package dev.lora4j.diffusion.judge;

import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;

/**
 * A network of two layers that compares the numbers of a picture with one vector for each label.
 *
 * @param features what stands for a picture
 * @param hidden width of the layer between
 * @param width length of the vectors
 */
public record JudgeNetwork(PictureFeatures features, int hidden, int width) {
  /** Name of the first layer, whose inputs are the features. */
  static final String FIRST = "first";

  /** Checks the sizes. */
  public JudgeNetwork {
    if (hidden < 1 || width < 1) {
      throw new IllegalArgumentException(
          "The layers must be at least 1 wide, found " + hidden + " and " + width + ".");
    }
  }

  /** Text, for example {@code style/96/32}. */
  String text() {
    return features.text() + "/" + hidden + "/" + width;
  }

  /** Reads what {@link #text} wrote. */
  static JudgeNetwork of(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("expected FEATURES/HIDDEN/WIDTH, found '" + text + "'");
    }
    return new JudgeNetwork(
        PictureFeatures.of(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
  }

  /**
   * Stages the network.
   *
   * @param x features, [batch, length]
   * @return cosines of the angles between each picture's vector and each label's, [batch, labels]
   */
  Expr cosines(Weights at, Expr x, int labels) {
    Expr hiddenLayer = at.linear(FIRST, x, hidden).relu();
    Expr vector = unit(at.linear("second", hiddenLayer, width));
    Shape table = Shape.of(labels, width);
    return vector.linear(unit(at.weight("labels", table, Parameter.Init.EMBEDDING)));
  }

  private static Expr unit(Expr rows) {
    return rows.mul(rows.mul(rows).over(1).keeping().sum().add(1e-8).rsqrt());
  }
}
