package dev.lora4j.core.gguf;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A weight of a model and how it lies in a tensor, where converters of llama.cpp rearranged it.
 *
 * @param name its name in the model
 * @param tensor name of the tensor
 * @param pairedHeads number of heads whose rows lie in pairs: row 0 beside row {@code width / 2},
 *     which turn together; 0 where rows lie as the model has them
 * @param added what was added to each number, such as the 1 of Gemma's norms
 * @param shape its shape, where numbers lie in rows of another length
 */
public record GgufWeight(
    String name, String tensor, int pairedHeads, float added, Optional<Shape> shape)
    implements Canonical {
  /** A weight that lies as it is. */
  public static GgufWeight of(String name, String tensor) {
    return new GgufWeight(name, tensor, 0, 0, Optional.empty());
  }

  /** This, with the rows of so many heads in pairs. */
  public GgufWeight withPairedHeads(int heads) {
    return new GgufWeight(name, tensor, heads, added, shape);
  }

  /** This, with a number that was added to each. */
  public GgufWeight withAdded(float number) {
    return new GgufWeight(name, tensor, pairedHeads, number, shape);
  }

  /** This, with a shape of its own. */
  public GgufWeight withShape(Shape own) {
    return new GgufWeight(name, tensor, pairedHeads, added, Optional.of(own));
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("GgufWeight")
        .with("name", name)
        .with("tensor", tensor)
        .with("pairedHeads", pairedHeads)
        .with("added", (double) added)
        .with("shape", sizes(), List.of())
        .text();
  }

  private List<Long> sizes() {
    return shape.map(s -> Arrays.stream(s.sizes()).boxed().toList()).orElse(List.of());
  }

  /**
   * The row of the tensor in which a row of the weight lies.
   *
   * @param rows of both
   */
  public long place(long row, long rows) {
    if (pairedHeads == 0) {
      return row;
    }
    long width = rows / pairedHeads;
    long within = row % width;
    return row - within + within % (width / 2) * 2 + within / (width / 2);
  }
}
