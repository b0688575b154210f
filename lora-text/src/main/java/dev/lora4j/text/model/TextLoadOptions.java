package dev.lora4j.text.model;

import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.text.network.RopeContext;
import java.util.OptionalInt;

/**
 * Options of loading a language model.
 *
 * @param precision the type that it computes in, and how large weights are rounded
 * @param context tokens of the longest sequence that a model with rotary scaling {@code longrope}
 *     is to read. Beyond the length of its first training it takes its long factors, for shorter
 *     texts too. Without it the model reads texts up to that length
 */
public record TextLoadOptions(BasePrecision precision, OptionalInt context) {
  /** Checks the context. */
  public TextLoadOptions {
    if (context.isPresent() && context.getAsInt() < 2) {
      throw new IllegalArgumentException(
          "a context has at least 2 tokens, found " + context.getAsInt());
    }
  }

  /** The model as it is, computed in {@code compute}. */
  public static TextLoadOptions in(DType compute) {
    return in(BasePrecision.in(compute));
  }

  /** The model as it is, in a precision. */
  public static TextLoadOptions in(BasePrecision precision) {
    return new TextLoadOptions(precision, OptionalInt.empty());
  }

  /** The same for sequences of up to so many tokens. */
  public TextLoadOptions withContext(int tokens) {
    return new TextLoadOptions(precision, OptionalInt.of(tokens));
  }

  /** The type that the model computes in. */
  public DType compute() {
    return precision.compute();
  }

  /**
   * Text of what results depend on: the {@linkplain BasePrecision#text() precision}, and the
   * context.
   */
  public String text() {
    return context.isPresent()
        ? precision.text() + " context=" + context.getAsInt()
        : precision.text();
  }

  /**
   * A configuration with the context.
   *
   * @throws dev.lora4j.core.model.ModelException if the model's positions do not depend on it
   */
  ConfigFile configure(ConfigFile config) {
    return context.isPresent() ? RopeContext.of(config, context.getAsInt()) : config;
  }
}
