package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.spi.Extension;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** PEFT's BOFT. */
@Extension(point = PeftKind.class, name = "boft", help = "BOFT in PEFT's layout")
public final class BoftKind implements PeftKind {
  private static final String ROTATIONS = "boft_R";

  @Override
  public boolean takes(Factors factors) {
    return factors.tensors().containsKey(ROTATIONS);
  }

  @Override
  public Map<String, Object> fields(List<PeftSite> sites, SiteCatalogue base) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("bias", "none");
    fields.put("boft_block_num", 0);
    long size = CommonValues.of(sites, "size of blocks", f -> size(f, 2));
    fields.put("boft_block_size", size);
    fields.put("boft_dropout", 0.0);
    long stages = CommonValues.of(sites, "number of stages", f -> size(f, 0));
    fields.put("boft_n_butterfly_factor", stages);
    fields.put("fan_in_fan_out", TargetModules.turned(sites));
    fields.put("init_weights", true);
    fields.put("target_modules", TargetModules.of(sites, base));
    return fields;
  }

  private static long size(Factors factors, int dimension) {
    return factors.tensor(ROTATIONS).shape().size(dimension);
  }
}
