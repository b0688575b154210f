package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.spi.Extension;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** SHiRA, which has as many values at a layer as a LoRA of rank r would have, with one r. */
@Extension(point = PeftKind.class, name = "shira", help = "SHiRA in PEFT's layout")
public final class ShiraKind implements PeftKind {
  private static final String VALUES = "shira_weight";

  @Override
  public boolean takes(Factors factors) {
    return factors.tensors().containsKey("bias_values")
        && VALUES.equals(factors.settings().get("origin"));
  }

  @Override
  public Map<String, Object> fields(List<PeftSite> sites, SiteCatalogue base) {
    TargetModules.requireLinear(sites, "SHiRA");
    long rank = rank(sites.get(0));
    sites.stream()
        .filter(s -> rank(s) != rank)
        .findFirst()
        .ifPresent(
            other -> {
              throw new AdapterException(
                  "PEFT has one rank of SHiRA for all layers of a model, but "
                      + sites.get(0).name()
                      + " has "
                      + rank
                      + " and "
                      + other.name()
                      + " has "
                      + rank(other)
                      + "; no layout holds such an adapter in one file.");
            });
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("fan_in_fan_out", false);
    fields.put("init_weights", true);
    fields.put("mask_type", "random");
    fields.put("r", rank);
    fields.put("target_modules", TargetModules.of(sites, base));
    return fields;
  }

  private static long rank(PeftSite site) {
    long values = site.factors().get(0).tensor("bias_values").shape().elements();
    long each = site.site().map((Site s) -> s.out() + s.rest()).orElse(values);
    if (values % each != 0) {
      throw new AdapterException(
          "PEFT has no form for the SHiRA of "
              + site.name()
              + ": it has "
              + values
              + " values, which is no multiple of the layer's "
              + each
              + " inputs and outputs; no layout holds it.");
    }
    return values / each;
  }
}
