package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.spi.Extension;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * MiSS, in one of PEFT's forms for all layers of a model: a column for each output, {@code mini}
 * with fewer, or {@code bat} with square blocks.
 */
@Extension(point = PeftKind.class, name = "miss", help = "MiSS in PEFT's layout")
public final class MissKind implements PeftKind {
  private static final String BLOCK = "miss_block";

  @Override
  public boolean takes(Factors factors) {
    return factors.tensors().containsKey(BLOCK);
  }

  @Override
  public Map<String, Object> fields(List<PeftSite> sites, SiteCatalogue base) {
    TargetModules.requireLinear(sites, "MiSS");
    boolean bat = CommonValues.of(sites, "form of MiSS", f -> shape(f).rank() == 3);
    boolean mini = !bat && sites.stream().anyMatch(MissKind::mini);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("bias", "none");
    fields.put("init_weights", bat ? "bat" : mini ? (Object) "mini" : (Object) true);
    fields.put("mini_r", mini ? CommonValues.of(sites, "mini_r", f -> shape(f).size(1)) : 1);
    fields.put("miss_dropout", 0.0);
    fields.put("r", CommonValues.of(sites, "rank of MiSS", f -> shape(f).size(bat ? 1 : 0)));
    fields.put("target_modules", TargetModules.of(sites, base));
    return fields;
  }

  private static Shape shape(Factors factors) {
    return factors.tensor(BLOCK).shape();
  }

  /** Fewer columns than outputs. */
  private static boolean mini(PeftSite site) {
    long columns = shape(site.factors().get(0)).size(1);
    return site.site().map(Site::out).filter(out -> out > columns).isPresent();
  }
}
