package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.spi.Extension;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** (IA)3, on inputs of the layers that the configuration lists as feed-forward, else on outputs. */
@Extension(point = PeftKind.class, name = "ia3", help = "(IA)3 in PEFT's layout")
public final class Ia3Kind implements PeftKind {
  @Override
  public boolean takes(Factors factors) {
    return factors.tensors().containsKey("ia3_l");
  }

  @Override
  public Map<String, Object> fields(List<PeftSite> sites, SiteCatalogue base) {
    List<PeftSite> inputs = sites.stream().filter(Ia3Kind::onInput).toList();
    List<String> forward = inputs.stream().map(PeftSite::pattern).toList();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("fan_in_fan_out", TargetModules.turned(sites));
    fields.put("feedforward_modules", forward);
    fields.put("init_ia3_weights", true);
    // PEFT demands that each of the former stands in the latter under the same name.
    fields.put("target_modules", TargetModules.of(sites, inputs, base));
    return fields;
  }

  private static boolean onInput(PeftSite site) {
    return Optional.ofNullable(site.factors().get(0).settings().get("on_input"))
        .filter("true"::equals)
        .isPresent();
  }
}
