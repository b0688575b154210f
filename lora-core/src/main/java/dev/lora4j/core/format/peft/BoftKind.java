package dev.lora4j.core.format.peft;

import com.google.gson.JsonObject;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.SiteCatalogue;
import java.util.List;

/** PEFT's BOFT. */
final class BoftKind implements PeftKind {
  private static final String ROTATIONS = "boft_R";

  @Override
  public String type() {
    return "BOFT";
  }

  @Override
  public boolean takes(Factors factors) {
    return factors.tensors().containsKey(ROTATIONS);
  }

  @Override
  public JsonObject fields(List<PeftSite> sites, SiteCatalogue base) {
    JsonObject fields = new JsonObject();
    fields.addProperty("bias", "none");
    fields.addProperty("boft_block_num", 0);
    long size = CommonValues.of(sites, "size of blocks", f -> size(f, 2));
    fields.addProperty("boft_block_size", size);
    fields.addProperty("boft_dropout", 0.0);
    long stages = CommonValues.of(sites, "number of stages", f -> size(f, 0));
    fields.addProperty("boft_n_butterfly_factor", stages);
    fields.addProperty("fan_in_fan_out", TargetModules.turned(sites));
    fields.addProperty("init_weights", true);
    fields.add("target_modules", TargetModules.of(sites, base));
    return fields;
  }

  private static long size(Factors factors, int dimension) {
    return factors.tensor(ROTATIONS).shape().size(dimension);
  }
}
