package dev.lora4j.text.model;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import java.util.Optional;

/**
 * Sizes in a {@code config.json} of a language model: whole numbers within what models have. A file
 * may have any number, and a network of so many layers would be built before its weights are
 * missed.
 *
 * @param config with the sizes
 */
public record ConfigSizes(ConfigFile config) {
  /** No model has more layers; the deepest that were published have a few hundred. */
  private static final int MOST_LAYERS = 1000;

  /** Bound of any width, vocabulary, or length of sequences. */
  private static final int MOST = 1 << 27;

  /**
   * A size that must be there.
   *
   * @throws ModelException if it is missing, or no whole number from 1 on
   */
  public int size(String key) {
    return find(key, MOST).orElseThrow(() -> lacking(key));
  }

  /** A size, if it is there. */
  public int size(String key, int otherwise) {
    return find(key, MOST).orElse(otherwise);
  }

  /**
   * Number of layers.
   *
   * @throws ModelException if it is missing, or no whole number that models have
   */
  public int layers(String key) {
    return find(key, MOST_LAYERS).orElseThrow(() -> lacking(key));
  }

  /** Number of layers, with a default. */
  public int layers(String key, int otherwise) {
    return find(key, MOST_LAYERS).orElse(otherwise);
  }

  /**
   * Epsilon of a norm, or another small number.
   *
   * @throws ModelException if it is negative, or 1 or more
   */
  public double epsilon(String key, double otherwise) {
    double value = config.real(key, otherwise);
    if (value >= 0 && value < 1) {
      return value;
    }
    throw new ModelException(
        config.file() + ": '" + key + "' is " + value + "; it should be from 0 to 1.");
  }

  /**
   * A size in parts of equal size.
   *
   * @param what the key of the size, for messages
   * @param by the key of the number of parts
   * @return the size of a part
   * @throws ModelException if it does not divide
   */
  public int share(String what, int size, String by, int parts) {
    if (size % parts == 0) {
      return size / parts;
    }
    throw new ModelException(
        "%s: '%s' is %d, which %d of '%s' cannot share."
            .formatted(config.file(), what, size, parts, by));
  }

  /**
   * Width of a head whose positions turn pairs of elements: {@code head_dim}, or the share of a
   * head.
   *
   * @param width {@code hidden_size}
   * @param heads {@code num_attention_heads}
   * @throws ModelException if it is odd, or if there is none and heads cannot share the width
   */
  public int headWidth(int width, int heads) {
    int found =
        config.has("head_dim")
            ? size("head_dim")
            : share("hidden_size", width, "num_attention_heads", heads);
    if (found % 2 == 0) {
      return found;
    }
    throw new ModelException(
        "%s: heads are %d wide; positions turn pairs, so that it should be even."
            .formatted(config.file(), found));
  }

  private Optional<Integer> find(String key, int most) {
    if (!config.has(key)) {
      return Optional.empty();
    }
    double value = config.real(key, Double.NaN);
    if (value >= 1 && value <= most && value == Math.rint(value)) {
      return Optional.of((int) value);
    }
    throw new ModelException(
        "%s: '%s' is %s; it should be a whole number from 1 to %d."
            .formatted(config.file(), key, text(value), most));
  }

  private static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  private ModelException lacking(String key) {
    return new ModelException(config.file() + " lacks the key '" + key + "'.");
  }
}
