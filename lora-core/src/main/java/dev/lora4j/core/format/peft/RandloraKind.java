package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.randlora.RandloraMethod;
import dev.lora4j.core.adapter.randlora.RandloraSizes;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.spi.Extension;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** RandLoRA, with one rank and alpha for all layers and the matrices that they share. */
@Extension(point = PeftKind.class, name = RandloraMethod.NAME, help = "RandLoRA in PEFT's layout")
public final class RandloraKind implements PeftKind {
  @Override
  public boolean takes(Factors factors) {
    return factors.method().equals(RandloraMethod.NAME);
  }

  @Override
  public Map<String, Object> fields(List<PeftSite> sites, SiteCatalogue base) {
    double alpha =
        CommonValues.of(sites, "alpha of RandLoRA", f -> f.structure().number(AdapterMethod.ALPHA));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("fan_in_fan_out", TargetModules.turned(sites));
    fields.put("init_weights", true);
    fields.put("projection_prng_key", 0);
    fields.put("r", CommonValues.of(sites, "rank of RandLoRA", RandloraKind::rank));
    fields.put("randlora_alpha", ConfigNumbers.plain(alpha));
    fields.put("randlora_dropout", 0.0);
    fields.put("save_projection", true);
    fields.put("sparse", false);
    fields.put("target_modules", TargetModules.of(sites, base));
    fields.put("very_sparse", false);
    return fields;
  }

  @Override
  public Map<String, Shape> shared(List<PeftSite> sites) {
    List<Site> layers = sites.stream().flatMap(s -> s.site().stream()).toList();
    if (layers.size() < sites.size()) {
      return Map.of();
    }
    RandloraSizes sizes = RandloraSizes.of(layers, rank(sites.get(0).factors().get(0)));
    return Map.of(RandloraMethod.A, sizes.a(), RandloraMethod.B, sizes.b());
  }

  private static long rank(Factors factors) {
    return factors.tensor(RandloraMethod.DIRECTIONS).shape().size(0);
  }
}
