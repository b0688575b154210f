package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.spi.Extension;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** HiRA, with one rank for all layers. */
@Extension(point = PeftKind.class, name = "hira", help = "HiRA in PEFT's layout")
public final class HiraKind implements PeftKind {
  private static final String NAME = "hira";

  @Override
  public boolean takes(Factors factors) {
    return factors.method().equals(NAME);
  }

  @Override
  public Map<String, Object> fields(List<PeftSite> sites, SiteCatalogue base) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("fan_in_fan_out", TargetModules.turned(sites));
    fields.put("hira_dropout", 0.0);
    fields.put("init_weights", true);
    // PEFT passes over its rank_pattern.
    fields.put("r", CommonValues.of(sites, "rank of HiRA", HiraKind::rank));
    fields.put("target_modules", TargetModules.of(sites, base));
    return fields;
  }

  private static long rank(Factors factors) {
    return Methods.named(NAME).chosenRank(factors.structure()).orElse(0);
  }
}
