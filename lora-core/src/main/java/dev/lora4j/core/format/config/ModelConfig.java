package dev.lora4j.core.format.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.ProjectionSeed;
import dev.lora4j.core.adapter.adalora.AdaloraMethod;
import dev.lora4j.core.adapter.hydra.HydraMethod;
import dev.lora4j.core.adapter.ia3.Ia3Method;
import dev.lora4j.core.adapter.lokr.LokrMethod;
import dev.lora4j.core.adapter.mora.MoraMethod;
import dev.lora4j.core.adapter.oft.OftMethod;
import dev.lora4j.core.adapter.randlora.RandloraMethod;
import dev.lora4j.core.adapter.vblora.VbloraMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * PEFT's configuration of the adapters of one model.
 *
 * @param where what to call it in messages
 * @param prefix what stands before the model's paths in keys
 */
record ModelConfig(String where, String prefix, JsonObject fields) {
  private static final Set<String> METHODS =
      Set.of(
          "LORA",
          "ADALORA",
          "LOHA",
          "LOKR",
          "IA3",
          "OFT",
          "BOFT",
          "SHIRA",
          "MISS",
          "GRALORA",
          "HIRA",
          "VERA",
          "RANDLORA",
          "VBLORA");

  /** Initialisations that change the base as well. */
  private static final List<String> CHANGED_BASE =
      List.of("pissa", "olora", "corda", "loftq", "lora_ga", "milora");

  private static final int MOST_SHOWN = 80;

  ModelConfig {
    String method = text(fields, "peft_type").orElse("LORA").toUpperCase(Locale.ROOT);
    if (!METHODS.contains(method)) {
      throw new AdapterException(
          where
              + " says peft_type "
              + method
              + ", a method that cannot be read; those that can are "
              + String.join(", ", METHODS.stream().sorted().toList())
              + ".");
    }
    for (Map.Entry<String, JsonElement> field : fields.entrySet()) {
      Optional<PeftFields.Field> row = PeftFields.of(method, field.getKey());
      if (set(field.getValue())
          && row.filter(r -> r.meaning() == PeftFields.Meaning.REFUSED).isPresent()) {
        throw new AdapterException(
            where
                + " says "
                + field.getKey()
                + " "
                + shown(field.getValue())
                + ": "
                + row.get().why()
                + ". That cannot be applied here, and without it the adapter would be another one.");
      }
    }
  }

  /** Warnings about fields that have no row in {@link PeftFields}. */
  List<String> unknown() {
    return fields.entrySet().stream()
        .filter(f -> set(f.getValue()) && PeftFields.of(method(), f.getKey()).isEmpty())
        .map(
            f ->
                where
                    + " says "
                    + f.getKey()
                    + " "
                    + shown(f.getValue())
                    + ", which is not known for the type "
                    + method()
                    + " and may change what the adapter does.")
        .toList();
  }

  private static String shown(JsonElement value) {
    String text = value.toString();
    return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "...";
  }

  private static boolean set(@Nullable JsonElement value) {
    return value != null
        && !value.isJsonNull()
        && !(value.isJsonArray() && value.getAsJsonArray().isEmpty())
        && !(value.isJsonObject() && value.getAsJsonObject().isEmpty())
        && !(value.isJsonPrimitive() && Set.of("", "false").contains(value.getAsString()));
  }

  private String method() {
    return text(fields, "peft_type").orElse("LORA").toUpperCase(Locale.ROOT);
  }

  SortedMap<String, String> settings(String spelled) {
    String path = spelled.startsWith(prefix) ? spelled.substring(prefix.length()) : spelled;
    SortedMap<String, String> settings = new TreeMap<>();
    switch (method()) {
      case "LORA" -> {
        alpha("lora_alpha", path, settings);
        text(fields, "use_rslora").ifPresent(v -> settings.put(Alpha.RANK_STABILISED, v));
        texts(settings, HydraMethod.NUMBER);
        if (text(fields, MoraMethod.USED).filter(Boolean::parseBoolean).isPresent()) {
          settings.put(MoraMethod.USED, Boolean.toString(true));
          text(fields, MoraMethod.TYPE).ifPresent(v -> settings.put(MoraMethod.TYPE, v));
          rank(path).ifPresent(r -> settings.put(MoraMethod.RANK, Double.toString(r)));
        }
      }
      case "ADALORA" -> adalora(path, settings);
      case "LOHA", "LOKR" -> {
        alpha("alpha", path, settings);
        rank(path).ifPresent(r -> settings.put(LokrMethod.RANK, Double.toString(r)));
      }
      case "VERA" -> texts(settings, ProjectionSeed.SEED, ProjectionSeed.SAVED);
      case "VBLORA" -> texts(settings, VbloraMethod.COUNT);
      case "RANDLORA" -> {
        alpha("randlora_alpha", path, settings);
        texts(settings, ProjectionSeed.SEED, ProjectionSeed.SAVED);
        texts(settings, RandloraMethod.SPARSE, RandloraMethod.VERY_SPARSE);
      }
      case "GRALORA" -> alpha("alpha", path, settings);
      case "IA3" -> settings.put(Ia3Method.FEEDFORWARD, Boolean.toString(feedforward(path)));
      case "OFT" ->
          texts(
              settings,
              OftMethod.SERIES,
              OftMethod.TERMS,
              OftMethod.LIMITED,
              OftMethod.EPSILON,
              OftMethod.SHARED);
      default -> {
        // The tensors say all.
      }
    }
    return settings;
  }

  private void texts(Map<String, String> settings, String... names) {
    for (String name : names) {
      text(fields, name).ifPresent(v -> settings.put(name, v));
    }
  }

  private void alpha(String field, String path, Map<String, String> settings) {
    number(ModulePatterns.value(fields, "alpha_pattern", path).or(() -> get(fields, field)))
        .ifPresent(a -> settings.put(Alpha.LORA_ALPHA, Double.toString(a)));
  }

  private Optional<Double> rank(String path) {
    return rank("r", ModulePatterns.value(fields, "rank_pattern", path).or(() -> get(fields, "r")));
  }

  private Optional<Double> rank(String field, Optional<JsonElement> value) {
    Optional<Double> rank = number(value);
    if (rank.filter(r -> !(r >= 1 && r <= Integer.MAX_VALUE && r == Math.rint(r))).isPresent()) {
      throw new AdapterException(
          where
              + " says "
              + field
              + " "
              + value.orElseThrow()
              + "; a rank is a whole number from 1 on.");
    }
    return rank;
  }

  /** PEFT's defaults count where the file is silent, as it has no others. */
  private void adalora(String path, Map<String, String> settings) {
    double alpha = number(get(fields, "lora_alpha")).orElse(8.0);
    double initial = rank(AdaloraMethod.INITIAL, get(fields, AdaloraMethod.INITIAL)).orElse(12.0);
    settings.put(Alpha.LORA_ALPHA, Double.toString(alpha));
    settings.put(AdaloraMethod.INITIAL, Double.toString(initial));
    RankPattern.left(fields, where, path, (long) initial)
        .ifPresent(left -> settings.put(AdaloraMethod.LEFT, Double.toString((double) left)));
  }

  private boolean feedforward(String path) {
    return ModulePatterns.names(fields, "feedforward_modules", path);
  }

  List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    String start = text(fields, "init_lora_weights").orElse("").toLowerCase(Locale.ROOT);
    if (CHANGED_BASE.stream().anyMatch(start::startsWith)) {
      warnings.add(
          where
              + " says that the training began as "
              + start
              + ", which changes the base model too. On the base as it was published this adapter is"
              + " wrong, unless it was converted (PEFT's path_initial_model_for_weight_conversion).");
    }
    return warnings;
  }

  private Optional<Double> number(Optional<JsonElement> value) {
    try {
      return value.map(JsonElement::getAsDouble);
    } catch (NumberFormatException | UnsupportedOperationException | IllegalStateException e) {
      throw new AdapterException(
          where + " says " + value.orElseThrow() + " where a number should be.", e);
    }
  }

  private static Optional<String> text(JsonObject fields, String name) {
    return get(fields, name).filter(JsonElement::isJsonPrimitive).map(JsonElement::getAsString);
  }

  private static Optional<JsonElement> get(JsonObject fields, String name) {
    return Optional.ofNullable(fields.get(name)).filter(v -> !v.isJsonNull());
  }
}
