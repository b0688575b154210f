package dev.lora4j.core.format.peft;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.SiteCatalogue;
import java.util.List;
import java.util.Optional;

/** (IA)3, on inputs of the layers that the configuration lists as feed-forward, else on outputs. */
public final class Ia3Kind implements PeftKind {
  @Override
  public String type() {
    return "IA3";
  }

  @Override
  public boolean takes(Factors factors) {
    return factors.tensors().containsKey("ia3_l");
  }

  @Override
  public JsonObject fields(List<PeftSite> sites, SiteCatalogue base) {
    List<PeftSite> inputs = sites.stream().filter(Ia3Kind::onInput).toList();
    JsonArray forward = new JsonArray();
    inputs.stream().map(PeftSite::pattern).forEach(forward::add);
    JsonObject fields = new JsonObject();
    fields.addProperty("fan_in_fan_out", TargetModules.turned(sites));
    fields.add("feedforward_modules", forward);
    fields.addProperty("init_ia3_weights", true);
    // PEFT demands that each of the former stands in the latter under the same name.
    fields.add("target_modules", TargetModules.of(sites, inputs, base));
    return fields;
  }

  private static boolean onInput(PeftSite site) {
    return Optional.ofNullable(site.factors().get(0).settings().get("on_input"))
        .filter("true"::equals)
        .isPresent();
  }
}
