package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.vera.VeraMethod;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.spi.Extension;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** VeRA, with one rank for all layers and the matrices that they share in the file. */
@Extension(point = PeftKind.class, name = VeraMethod.NAME, help = "VeRA in PEFT's layout")
public final class VeraKind implements PeftKind {
  @Override
  public boolean takes(Factors factors) {
    return factors.method().equals(VeraMethod.NAME);
  }

  @Override
  public Map<String, Object> fields(List<PeftSite> sites, SiteCatalogue base) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("d_initial", 0.1);
    fields.put("fan_in_fan_out", TargetModules.turned(sites));
    fields.put("init_weights", true);
    fields.put("projection_prng_key", 0);
    fields.put("r", CommonValues.of(sites, "rank of VeRA", VeraKind::rank));
    fields.put("save_projection", true);
    fields.put("target_modules", TargetModules.of(sites, base));
    fields.put("vera_dropout", 0.0);
    return fields;
  }

  private static long rank(Factors factors) {
    return factors.tensor(VeraMethod.DIRECTIONS).shape().size(0);
  }
}
