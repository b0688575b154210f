package dev.lora4j.text.gguf;

import com.google.gson.JsonObject;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.gguf.GgufMetadata;
import dev.lora4j.core.gguf.GgufTensor;
import dev.lora4j.core.gguf.GgufWeight;
import dev.lora4j.core.gguf.GgufWeights;
import dev.lora4j.core.model.ModelException;
import java.util.List;
import java.util.Optional;

/** The scaling of positions of a file, as transformers writes it in configurations. */
final class GgufRopeScaling {
  /** Llama 3 waves that turn as before are this often within its first length, or more. */
  private static final double HIGH = 4;

  /** Those that turn slower by the whole factor do less than one round. */
  private static final double LOW = 1;

  /** Length of Llama 3's first training; all its models have these numbers. */
  private static final double FIRST = 8192;

  /** Factors of files are F32, of other programs' rounding. */
  private static final double NEAR = 1e-4;

  private GgufRopeScaling() {}

  /**
   * The scaling, if there is one.
   *
   * @param config with {@code head_dim}, {@code rope_theta} and {@code max_position_embeddings}
   * @throws ModelException if it is of a kind that is not known
   */
  static Optional<JsonObject> of(GgufFile file, GgufArchitecture architecture, JsonObject config) {
    GgufMetadata metadata = file.metadata();
    String at = architecture.key() + ".rope.scaling.";
    String kind = metadata.text(at + "type").orElseGet(() -> unnamed(metadata, at));
    boolean factors = file.tensors().containsKey(GgufNames.ROPE_FACTORS);
    if (kind.equals("none")) {
      return factors ? Optional.of(llama3(file, config)) : Optional.empty();
    }
    if (factors) {
      throw new ModelException(
          file.path()
              + ": positions are scaled by '"
              + kind
              + "' and by the tensor rope_freqs.weight; only one of them can be read.");
    }
    String key = at + "factor";
    JsonObject scaling = new JsonObject();
    scaling.addProperty("rope_type", kind);
    scaling.addProperty("factor", metadata.real(key).orElseThrow(() -> metadata.lacking(key)));
    if (kind.equals("yarn")) {
      String first = at + "original_context_length";
      scaling.addProperty(
          "original_max_position_embeddings",
          metadata.whole(first, 1, Integer.MAX_VALUE).orElseThrow(() -> metadata.lacking(first)));
      metadata.real(at + "yarn_beta_fast").ifPresent(b -> scaling.addProperty("beta_fast", b));
      metadata.real(at + "yarn_beta_slow").ifPresent(b -> scaling.addProperty("beta_slow", b));
    }
    return Optional.of(scaling);
  }

  /** A factor without a kind is linear; those of 0 and 1 scale nothing. */
  private static String unnamed(GgufMetadata metadata, String at) {
    double factor = metadata.real(at + "factor").orElse(1.0);
    return factor == 0 || factor == 1 ? "none" : "linear";
  }

  /**
   * The scaling of Llama 3.1 and 3.2, of which files have only what each frequency is divided by.
   * Its other numbers are the same for all models; they are tried.
   */
  private static JsonObject llama3(GgufFile file, JsonObject config) {
    float[] factors = factors(file, config.get("head_dim").getAsInt());
    double factor = 1;
    for (float each : factors) {
      factor = Math.max(factor, each);
    }
    double base = config.get("rope_theta").getAsDouble();
    for (int i = 0; i < factors.length; i++) {
      double frequency = Math.pow(base, -(double) i / factors.length);
      if (!(Math.abs(factors[i] / divisor(frequency, factor) - 1) < NEAR)) {
        throw new ModelException(
            "%s: rope_freqs.weight divides frequency %d by %s, which is not how Llama 3 scales positions; nothing else can be read."
                .formatted(file.path(), i, factors[i]));
      }
    }
    JsonObject scaling = new JsonObject();
    scaling.addProperty("rope_type", "llama3");
    scaling.addProperty("factor", factor);
    scaling.addProperty("low_freq_factor", LOW);
    scaling.addProperty("high_freq_factor", HIGH);
    scaling.addProperty("original_max_position_embeddings", (int) FIRST);
    return scaling;
  }

  private static double divisor(double frequency, double factor) {
    double wave = 2 * Math.PI / frequency;
    if (wave < FIRST / HIGH) {
      return 1;
    }
    if (wave > FIRST / LOW) {
      return factor;
    }
    double smooth = (FIRST / wave - LOW) / (HIGH - LOW);
    return 1 / ((1 - smooth) / factor + smooth);
  }

  private static float[] factors(GgufFile file, int headDim) {
    GgufTensor tensor = file.tensor(GgufNames.ROPE_FACTORS);
    if (tensor.elements() != headDim / 2) {
      throw new ModelException(
          "%s: rope_freqs.weight has %d numbers; expected %d, half the width of a head."
              .formatted(file.path(), tensor.elements(), headDim / 2));
    }
    float[] factors = new float[headDim / 2];
    new GgufWeights(file, List.of(GgufWeight.of("factors", tensor.name())))
        .decode("factors", 0, factors);
    return factors;
  }
}
