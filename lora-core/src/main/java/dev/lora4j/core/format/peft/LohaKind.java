package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.spi.Extension;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** LoHa. */
@Extension(point = PeftKind.class, name = "loha", help = "LoHa in PEFT's layout")
public final class LohaKind implements PeftKind {
  @Override
  public boolean takes(Factors factors) {
    return factors.method().equals("loha");
  }

  @Override
  public Map<String, Object> fields(List<PeftSite> sites, SiteCatalogue base) {
    SortedMap<String, Double> ranks = new TreeMap<>();
    SortedMap<String, Double> alphas = new TreeMap<>();
    for (PeftSite site : sites) {
      Factors factors = site.factors().get(0);
      ranks.put(site.pattern(), (double) factors.tensor("hada_w1_b").shape().size(0));
      alphas.put(site.pattern(), factors.structure().number(AdapterMethod.ALPHA));
    }
    Map<String, Object> fields = ranked(ranks, alphas);
    fields.put("target_modules", TargetModules.of(sites, base));
    fields.put("use_effective_conv2d", tucker(sites, "hada_t1"));
    return fields;
  }

  /** Configuration fields that LoHa and LoKr share. */
  static Map<String, Object> ranked(
      SortedMap<String, Double> ranks, SortedMap<String, Double> alphas) {
    LayerPatterns rank = LayerPatterns.of(ranks);
    LayerPatterns alpha = LayerPatterns.of(alphas);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("alpha", ConfigNumbers.plain(alpha.common()));
    fields.put("alpha_pattern", alpha.others());
    fields.put("init_weights", true);
    fields.put("module_dropout", 0.0);
    fields.put("r", ConfigNumbers.plain(rank.common()));
    fields.put("rank_dropout", 0.0);
    fields.put("rank_pattern", rank.others());
    return fields;
  }

  /**
   * Returns true if convolutions have Tucker cores; PEFT has one switch, so all with a kernel have
   * one or none.
   */
  static boolean tucker(List<PeftSite> sites, String core) {
    List<PeftSite> kernels = sites.stream().filter(LohaKind::kernel).toList();
    List<PeftSite> with = kernels.stream().filter(s -> has(s, core)).toList();
    if (with.isEmpty() || with.size() == kernels.size()) {
      return !with.isEmpty();
    }
    PeftSite without = kernels.stream().filter(s -> !with.contains(s)).findFirst().orElseThrow();
    throw new AdapterException(
        "PEFT has Tucker cores at all convolutions of a model or at none; "
            + with.get(0).name()
            + " has one and "
            + without.name()
            + " has not. Write kohya's layout.");
  }

  private static boolean has(PeftSite site, String role) {
    return site.factors().get(0).tensors().containsKey(role);
  }

  /** A convolution over more than points. */
  static boolean kernel(PeftSite site) {
    return site.site().filter(s -> s.convolution() && s.rest() != s.in()).isPresent();
  }
}
