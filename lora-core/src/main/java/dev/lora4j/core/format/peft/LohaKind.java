package dev.lora4j.core.format.peft;

import com.google.gson.JsonObject;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.SiteCatalogue;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** LoHa. */
final class LohaKind implements PeftKind {
  @Override
  public String type() {
    return "LOHA";
  }

  @Override
  public boolean takes(Factors factors) {
    return factors.method().equals("loha");
  }

  @Override
  public JsonObject fields(List<PeftSite> sites, SiteCatalogue base) {
    SortedMap<String, Double> ranks = new TreeMap<>();
    SortedMap<String, Double> alphas = new TreeMap<>();
    for (PeftSite site : sites) {
      Factors factors = site.factors().get(0);
      ranks.put(site.pattern(), (double) factors.tensor("hada_w1_b").shape().size(0));
      alphas.put(site.pattern(), factors.structure().number(AdapterMethod.ALPHA));
    }
    JsonObject fields = ranked(ranks, alphas);
    fields.add("target_modules", TargetModules.of(sites, base));
    fields.addProperty("use_effective_conv2d", tucker(sites, "hada_t1"));
    return fields;
  }

  /** Configuration fields that LoHa and LoKr share. */
  static JsonObject ranked(SortedMap<String, Double> ranks, SortedMap<String, Double> alphas) {
    LayerPatterns rank = LayerPatterns.of(ranks);
    LayerPatterns alpha = LayerPatterns.of(alphas);
    JsonObject fields = new JsonObject();
    fields.add("alpha", ConfigNumbers.json(alpha.common()));
    fields.add("alpha_pattern", alpha.others());
    fields.addProperty("init_weights", true);
    fields.addProperty("module_dropout", 0.0);
    fields.add("r", ConfigNumbers.json(rank.common()));
    fields.addProperty("rank_dropout", 0.0);
    fields.add("rank_pattern", rank.others());
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
