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
import java.util.function.Predicate;

/** LoRA, DoRA around it, and the biases of its up factors. */
@Extension(point = PeftKind.class, name = "lora", help = "LoRA and DoRA in PEFT's layout")
public final class LoraKind implements PeftKind {
  private static final String DOWN = "lora_down.weight";
  private static final String DORA = "dora";

  @Override
  public boolean takes(Factors factors) {
    return switch (factors.method()) {
      case "lora" -> true;
      case DORA -> factors.tensors().containsKey(DOWN);
      case "bias" -> bias(factors);
      default -> false;
    };
  }

  private static boolean bias(Factors factors) {
    return "lora_up.bias".equals(factors.settings().get("role"));
  }

  @Override
  public Map<String, Object> fields(List<PeftSite> sites, SiteCatalogue base) {
    SortedMap<String, Double> ranks = new TreeMap<>();
    SortedMap<String, Double> alphas = new TreeMap<>();
    for (PeftSite site : sites) {
      for (Factors factors : site.factors()) {
        if (factors.tensors().containsKey(DOWN)) {
          ranks.put(site.pattern(), (double) factors.tensor(DOWN).shape().size(0));
          alphas.put(site.pattern(), factors.structure().number(AdapterMethod.ALPHA));
        }
      }
    }
    LayerPatterns rank = LayerPatterns.of(ranks);
    LayerPatterns alpha = LayerPatterns.of(alphas);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("alpha_pattern", alpha.others());
    fields.put("bias", "none");
    fields.put("fan_in_fan_out", TargetModules.turned(sites));
    fields.put("init_lora_weights", true);
    fields.put("lora_alpha", ConfigNumbers.plain(alpha.common()));
    fields.put("lora_bias", all(sites, LoraKind::bias, "a bias of the up factor"));
    fields.put("lora_dropout", 0.0);
    fields.put("r", ConfigNumbers.plain(rank.common()));
    fields.put("rank_pattern", rank.others());
    fields.put("target_modules", TargetModules.of(sites, base));
    fields.put("use_dora", all(sites, f -> f.method().equals(DORA), "DoRA"));
    fields.put("use_rslora", false);
    return fields;
  }

  private static boolean all(List<PeftSite> sites, Predicate<Factors> has, String what) {
    List<PeftSite> with = sites.stream().filter(s -> s.factors().stream().anyMatch(has)).toList();
    if (with.isEmpty() || with.size() == sites.size()) {
      return !with.isEmpty();
    }
    PeftSite without = sites.stream().filter(s -> !with.contains(s)).findFirst().orElseThrow();
    throw new AdapterException(
        "PEFT has "
            + what
            + " at all layers of a model or at none; "
            + with.get(0).name()
            + " has it and "
            + without.name()
            + " has not. Write kohya's layout.");
  }
}
