package dev.lora4j.text.network;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.tensor.Expr;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Activation of feed-forward layers, between their two linear layers, by transformers' names. */
public enum Activation {
  /** The exact form of GELU. */
  GELU,
  /** GELU's approximation by a hyperbolic tangent. */
  GELU_TANH,
  /** GELU's approximation by a logistic function. */
  QUICK_GELU,
  /** max(x, 0). */
  RELU,
  /** x * sigmoid(x). */
  SILU,
  /** Hyperbolic tangent. */
  TANH;

  private static final Map<String, Activation> NAMES =
      Map.of(
          "gelu", GELU,
          "gelu_new", GELU_TANH,
          "gelu_fast", GELU_TANH,
          "gelu_pytorch_tanh", GELU_TANH,
          "quick_gelu", QUICK_GELU,
          "relu", RELU,
          "silu", SILU,
          "swish", SILU,
          "tanh", TANH);

  /**
   * Reads the activation of a configuration.
   *
   * @param otherwise the default name
   * @throws ModelException if it is none of these
   */
  public static Activation read(ConfigFile config, String key, String otherwise) {
    return named(config, key, config.text(key, otherwise));
  }

  /**
   * The activation of a name.
   *
   * @param key of the setting, for messages
   * @throws ModelException if it is none of these
   */
  public static Activation named(ConfigFile config, String key, String name) {
    return Optional.ofNullable(NAMES.get(name))
        .orElseThrow(
            () ->
                new ModelException(
                    config.file()
                        + ": '"
                        + key
                        + "' is '"
                        + name
                        + "', which is not known; known are "
                        + String.join(", ", new TreeSet<>(NAMES.keySet()))
                        + "."));
  }

  /** Its value at each element of x. */
  public Expr of(Expr x) {
    return switch (this) {
      case GELU -> x.gelu();
      case GELU_TANH -> x.geluTanh();
      case QUICK_GELU -> x.quickGelu();
      case RELU -> x.relu();
      case SILU -> x.silu();
      case TANH -> x.tanh();
    };
  }
}
