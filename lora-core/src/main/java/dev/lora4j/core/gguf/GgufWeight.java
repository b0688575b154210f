package dev.lora4j.core.gguf;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;

/**
 * A weight of a model and how it lies in a tensor, where converters of llama.cpp rearranged it.
 *
 * @param name its name in the model
 * @param tensor name of the tensor
 * @param pairedHeads number of heads whose rows lie in pairs: row 0 beside row {@code width / 2},
 *     which turn together; 0 where rows lie as the model has them
 * @param added what was added to each number, such as the 1 of Gemma's norms
 */
public record GgufWeight(String name, String tensor, int pairedHeads, float added)
    implements Canonical {
  /** A weight that lies as it is. */
  public static GgufWeight of(String name, String tensor) {
    return new GgufWeight(name, tensor, 0, 0);
  }

  /** This, with the rows of so many heads in pairs. */
  public GgufWeight withPairedHeads(int heads) {
    return new GgufWeight(name, tensor, heads, added);
  }

  /** This, with a number that was added to each. */
  public GgufWeight withAdded(float number) {
    return new GgufWeight(name, tensor, pairedHeads, number);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("GgufWeight")
        .with("name", name)
        .with("tensor", tensor)
        .with("pairedHeads", pairedHeads)
        .with("added", (double) added)
        .text();
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
