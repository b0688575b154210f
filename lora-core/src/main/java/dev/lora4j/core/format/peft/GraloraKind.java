package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** GraLoRA, with or without a LoRA beside the blocks. */
@Extension(point = PeftKind.class, name = "gralora", help = "GraLoRA in PEFT's layout")
public final class GraloraKind implements PeftKind {
  private static final String A = "gralora_A";

  @Override
  public boolean takes(Factors factors) {
    return factors.tensors().containsKey(A);
  }

  @Override
  public Map<String, Object> fields(List<PeftSite> sites, SiteCatalogue base) {
    double alpha = CommonValues.of(sites, "alpha", f -> f.structure().number(AdapterMethod.ALPHA));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("alpha", ConfigNumbers.plain(alpha));
    fields.put("bias", "none");
    fields.put("fan_in_fan_out", TargetModules.turned(sites));
    fields.put("gralora_dropout", 0.0);
    fields.put("gralora_k", CommonValues.of(sites, "number of blocks", f -> size(f, A, 0)));
    fields.put(
        "hybrid_r",
        CommonValues.of(sites, "hybrid rank", f -> size(f, "gralora_A_general.weight", 0)));
    fields.put("init_weights", true);
    fields.put("r", CommonValues.of(sites, "rank of GraLoRA", f -> size(f, A, 2)));
    fields.put("target_modules", TargetModules.of(sites, base));
    return fields;
  }

  private static long size(Factors factors, String role, int dimension) {
    Optional<HostTensor> tensor = Optional.ofNullable(factors.tensors().get(role));
    return tensor.map(t -> t.shape().size(dimension)).orElse(0L);
  }
}
