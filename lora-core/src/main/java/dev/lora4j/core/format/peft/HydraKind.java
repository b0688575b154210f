package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.hydra.HydraMethod;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.spi.Extension;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** HydraLoRA as the paper's code has it: a LoRA with a number of heads. */
@Extension(
    point = PeftKind.class,
    name = HydraMethod.NAME,
    help = "HydraLoRA in the layout of its paper's code")
public final class HydraKind implements PeftKind {
  @Override
  public String type() {
    return "LORA";
  }

  /** The paper's code follows PEFT 0.2. */
  @Override
  public Set<String> unknown() {
    return Set.of("auto_mapping", "exclude_modules", "revision");
  }

  @Override
  public boolean takes(Factors factors) {
    return factors.method().equals(HydraMethod.NAME);
  }

  @Override
  public Map<String, Object> fields(List<PeftSite> sites, SiteCatalogue base) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("bias", "none");
    fields.put("fan_in_fan_out", TargetModules.turned(sites));
    double alpha =
        CommonValues.of(
            sites, "alpha of HydraLoRA", f -> f.structure().number(AdapterMethod.ALPHA));
    fields.put("lora_alpha", ConfigNumbers.plain(alpha));
    fields.put("lora_dropout", 0.0);
    fields.put(
        HydraMethod.NUMBER,
        CommonValues.of(sites, "number of heads", f -> HydraMethod.headsOf(f.structure())));
    fields.put("merge_weights", false);
    fields.put("r", CommonValues.of(sites, "rank of HydraLoRA", HydraKind::rank));
    fields.put("target_modules", TargetModules.of(sites, base));
    return fields;
  }

  private static long rank(Factors factors) {
    return factors.tensor(HydraMethod.DOWN).shape().size(0);
  }
}
