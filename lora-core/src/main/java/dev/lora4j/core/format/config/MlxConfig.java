package dev.lora4j.core.format.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.lora4j.core.adapter.AdapterException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * MLX-LM's configuration of an adapter: the arguments of the training, of which {@code
 * lora_parameters} and {@code fine_tune_type} matter here. Until the spring of 2024 the scale was
 * multiplied by {@code alpha / rank}, which files with an {@code alpha} mean.
 *
 * @param scale what the product of the factors is multiplied with
 * @param unknown settings that are not known, each as a sentence
 */
record MlxConfig(double scale, List<String> unknown) {
  private static final String PARAMETERS = "lora_parameters";
  private static final Set<String> KNOWN = Set.of("rank", "alpha", "scale", "dropout", "keys");
  private static final Set<String> TYPES = Set.of("lora", "dora");

  /** Copies its list. */
  MlxConfig {
    unknown = List.copyOf(unknown);
  }

  static MlxConfig read(String where, JsonObject fields) {
    String type =
        fields.get("fine_tune_type") instanceof JsonPrimitive said ? said.getAsString() : "lora";
    if (!TYPES.contains(type)) {
      throw new AdapterException(
          where
              + " says fine_tune_type "
              + type
              + (type.equals("full")
                  ? ": whole weights of layers, which are no adapter. Fuse them into the model with"
                      + " mlx_lm.fuse, and extract the difference of the two models."
                  : "; lora and dora can be read."));
    }
    if (!(fields.get(PARAMETERS) instanceof JsonObject parameters)) {
      throw new AdapterException(
          where
              + " has no "
              + PARAMETERS
              + ", in which MLX-LM has the scale; the file is of another program, or was cut.");
    }
    List<String> unknown = new ArrayList<>();
    parameters.entrySet().stream()
        .filter(p -> !KNOWN.contains(p.getKey()) && !p.getValue().isJsonNull())
        .forEach(
            p ->
                unknown.add(
                    where
                        + " says "
                        + PARAMETERS
                        + " "
                        + p.getKey()
                        + " "
                        + p.getValue()
                        + ", which is not known and may change what the adapter does."));
    double scale =
        number(where, parameters, "scale")
            .orElseThrow(() -> new AdapterException(where + ": " + PARAMETERS + " has no scale."));
    Optional<Double> alpha = number(where, parameters, "alpha");
    if (alpha.isPresent()) {
      double rank = number(where, parameters, "rank").orElse(0.0);
      if (rank < 1) {
        throw new AdapterException(
            where + ": " + PARAMETERS + " has an alpha, which needs a rank from 1 on beside it.");
      }
      scale *= alpha.get() / rank;
    }
    if (scale == 0) {
      throw new AdapterException(where + " makes the scale 0, so that nothing would change.");
    }
    return new MlxConfig(scale, unknown);
  }

  private static Optional<Double> number(String where, JsonObject fields, String name) {
    Optional<JsonElement> value =
        Optional.ofNullable(fields.get(name)).filter(v -> !v.isJsonNull());
    if (value.isEmpty()) {
      return Optional.empty();
    }
    boolean number = value.get().isJsonPrimitive() && value.get().getAsJsonPrimitive().isNumber();
    double found = number ? value.get().getAsDouble() : Double.NaN;
    if (!Double.isFinite(found)) {
      throw new AdapterException(
          where + " says " + name + " " + value.get() + "; it should be a finite number.");
    }
    return Optional.of(found);
  }
}
