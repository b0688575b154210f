package dev.lora4j.core.format.writing;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Preparation of factors for any layout: another element type, and scales multiplied in. Both
 * together round once.
 */
final class FactorPreparation {
  /** The tensor that the scale goes into, by method; the first of them that there is. */
  private static final Map<String, List<String>> SCALED =
      Map.of(
          "lora", List.of("lora_up.weight"),
          "loha", List.of("hada_w1_a"),
          "lokr", List.of("lokr_w1", "lokr_w1_a"),
          "bias", List.of("diff_b"),
          "sparse", List.of("bias_values"));

  private static final String INNER = "dora_inner";
  private static final String SCALE = "scale";

  private final WriteOptions options;
  private final StorageRounding rounding = new StorageRounding();
  private int folded;
  private int retyped;

  private FactorPreparation(WriteOptions options) {
    this.options = options;
  }

  /** Prepared adapter with its changes, as sentences for the user. */
  record Prepared(Adapter adapter, List<String> changes) {}

  static Prepared of(Adapter adapter, WriteOptions options) {
    FactorPreparation preparation = new FactorPreparation(options);
    Map<String, List<Factors>> sites = new TreeMap<>();
    adapter
        .sites()
        .forEach(
            (site, all) ->
                sites.put(site, all.stream().map(f -> preparation.factors(site, f)).toList()));
    return new Prepared(
        new Adapter(adapter.name(), sites, adapter.metadata()), preparation.changes());
  }

  private List<String> changes() {
    List<String> changes = new ArrayList<>();
    if (retyped > 0) {
      String type = options.dtype().map(DType::toString).orElse("");
      changes.add(retyped + " tensors are rounded to " + type + ".");
    }
    if (folded > 0) {
      changes.add("The scale of " + folded + " layers is multiplied into their factors.");
    }
    changes.addAll(rounding.losses());
    return changes;
  }

  private Factors factors(String site, Factors factors) {
    double scale = options.fold() ? scale(factors) : 1;
    String role = scaled(factors).orElse("");
    boolean fold = options.fold() && !role.isEmpty() && !plain(factors, scale);
    SortedMap<String, HostTensor> tensors = new TreeMap<>();
    factors
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (fold && name.equals(Alpha.SCALAR)) {
                return;
              }
              double factor = fold && name.equals(role) ? scale : 1;
              tensors.put(name, tensor(site + " " + name, tensor, factor));
            });
    SortedMap<String, String> settings = new TreeMap<>(factors.settings());
    if (fold) {
      folded++;
      unscale(factors, settings);
    }
    return new Factors(factors.method(), tensors, settings);
  }

  private HostTensor tensor(String name, HostTensor tensor, double factor) {
    if (!tensor.dtype().floating()) {
      return tensor;
    }
    DType type = options.dtype().orElse(tensor.dtype());
    retyped += type == tensor.dtype() ? 0 : 1;
    return rounding.of(name, tensor, factor, type);
  }

  /** Returns true if there is nothing to fold. */
  private static boolean plain(Factors factors, double scale) {
    return scale == 1 && !factors.tensors().containsKey(Alpha.SCALAR);
  }

  private static Optional<String> scaled(Factors factors) {
    return SCALED.getOrDefault(inner(factors), List.of()).stream()
        .filter(role -> factors.tensors().containsKey(role))
        .findFirst();
  }

  /** The method whose scale it is: within DoRA, that of the delta. */
  private static String inner(Factors factors) {
    return factors.settings().getOrDefault(INNER, factors.method());
  }

  private static double scale(Factors factors) {
    if (!SCALED.containsKey(inner(factors))) {
      return 1;
    }
    double scalar =
        Optional.ofNullable(factors.tensors().get(Alpha.SCALAR))
            .map(t -> t.doubles()[0])
            .orElse(1.0);
    return scalar * Methods.additive(inner(factors)).scale(factors.structure());
  }

  /** Sets the settings of the scale so that it is 1. */
  private static void unscale(Factors factors, SortedMap<String, String> settings) {
    double scale = Methods.additive(inner(factors)).scale(factors.structure());
    settings.computeIfPresent(SCALE, (name, text) -> Double.toString(1));
    settings.computeIfPresent(
        AdapterMethod.ALPHA,
        (name, text) -> Double.toString((float) Math.rint(Double.parseDouble(text) / scale)));
  }
}
