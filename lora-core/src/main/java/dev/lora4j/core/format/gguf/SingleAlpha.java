package dev.lora4j.core.format.gguf;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.full.ModulesToSaveMethod;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.format.writing.ConversionAdvice;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Pairs of factors that share one alpha, with the scale alpha over rank. Where a layer has another
 * alpha than most, the difference is multiplied into its up factor.
 *
 * @param alpha of all layers
 * @param pairs factors by canonical name of the site
 * @param changes what is not as it was, as sentences
 */
record SingleAlpha(double alpha, SortedMap<String, Factors> pairs, List<String> changes) {
  /**
   * Brings the factors of an adapter to one alpha.
   *
   * @param rewrite whether new values of whole layers that have a pair too are left out
   * @throws AdapterException if a layer has factors other than one LoRA pair
   */
  static SingleAlpha of(Map<String, List<Factors>> sites, boolean rewrite) {
    List<String> changes = new ArrayList<>();
    SortedMap<String, Factors> all = new TreeMap<>();
    sites.forEach(
        (site, factors) -> {
          List<Factors> tuned = factors.stream().filter(f -> !saved(f)).toList();
          boolean beside = tuned.size() == 1 && tuned.size() < factors.size();
          if (beside && rewrite) {
            changes.add("The new weight of " + site + " is left out: the base's own counts.");
          }
          all.put(site, pair(site, beside && rewrite ? tuned : factors));
        });
    double common = common(all);
    SortedMap<String, Factors> pairs = new TreeMap<>();
    int folded = 0;
    for (Map.Entry<String, Factors> entry : all.entrySet()) {
      double share = effective(entry.getValue()) / common;
      boolean same = share == 1;
      folded += same ? 0 : 1;
      pairs.put(
          entry.getKey(),
          same ? entry.getValue() : scaled(entry.getKey(), entry.getValue(), share));
    }
    if (folded > 0) {
      changes.add(
          "GGUF has one alpha for all layers, here %s; the scale of %d layers, which have another, is multiplied into their up factors."
              .formatted(plain(common), folded));
    }
    return new SingleAlpha(common, pairs, changes);
  }

  private static String plain(double alpha) {
    return alpha == Math.rint(alpha) ? Long.toString((long) alpha) : Double.toString(alpha);
  }

  /** Returns true for a whole layer's new value, as PEFT saves beside factors of embeddings. */
  private static boolean saved(Factors factors) {
    return factors.method().equals(ModulesToSaveMethod.NAME);
  }

  private static Factors pair(String site, List<Factors> all) {
    Optional<Factors> other =
        all.stream()
            .filter(
                f -> !f.method().equals(LoraMethod.NAME) || f.tensors().containsKey(LoraMethod.MID))
            .findFirst();
    if (other.isPresent() || all.size() != 1) {
      Factors refused = other.orElseGet(() -> all.get(0));
      throw new AdapterException(
          site
              + " has factors of the method "
              + refused.method()
              + " ("
              + String.join(", ", refused.tensors().keySet())
              + "), but llama.cpp applies one LoRA pair for a layer and nothing else. "
              + (saved(refused) && all.size() == 2
                  ? "PEFT saves a copy of the base's weight there, which convert --rewrite leaves"
                      + " out."
                  : ConversionAdvice.advice(refused)));
    }
    Factors only = all.get(0);
    if (only.tensor(LoraMethod.UP).shape().rank() != 2) {
      throw new AdapterException(
          site
              + " is a convolution, which llama.cpp's adapters have no form for. Write another"
              + " layout.");
    }
    return only;
  }

  /** Alpha with which the factors have their scale, a scalar beside them included. */
  private static double effective(Factors factors) {
    double scalar =
        Optional.ofNullable(factors.tensors().get(Alpha.SCALAR))
            .map(t -> t.doubles()[0])
            .orElse(1.0);
    return scalar * factors.structure().number(AdapterMethod.ALPHA);
  }

  /** The alpha of the most layers; of several, the first. An alpha of 0 means another scale. */
  private static double common(SortedMap<String, Factors> all) {
    SortedMap<Double, Integer> counts = new TreeMap<>();
    all.values().forEach(f -> counts.merge((double) (float) effective(f), 1, Integer::sum));
    counts.remove(0.0);
    return counts.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(1.0);
  }

  private static Factors scaled(String site, Factors factors, double share) {
    HostTensor up = factors.tensor(LoraMethod.UP);
    double[] values = up.doubles();
    for (int i = 0; i < values.length; i++) {
      values[i] *= share;
    }
    DType type = up.dtype() == DType.F64 ? DType.F32 : up.dtype();
    HostTensor rounded = HostTensor.of(type, up.shape(), values);
    if (!rounded.finite()) {
      throw new AdapterException(
          site
              + ": its scale makes the up factor too large for "
              + type
              + ", and GGUF has one alpha for all layers. Write F32 (--dtype f32).");
    }
    SortedMap<String, HostTensor> tensors = new TreeMap<>(factors.tensors());
    tensors.remove(Alpha.SCALAR);
    tensors.put(LoraMethod.UP, rounded);
    return new Factors(factors.method(), tensors, factors.settings());
  }
}
