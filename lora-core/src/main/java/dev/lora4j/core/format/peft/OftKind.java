package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.spi.Extension;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** PEFT's OFT. */
@Extension(point = PeftKind.class, name = "oft", help = "OFT in PEFT's layout")
public final class OftKind implements PeftKind {
  private static final String VECTORS = "oft_R.weight";
  private static final String SERIES = "use_cayley_neumann";
  private static final String TERMS = "num_cayley_neumann_terms";
  private static final String EPSILON = "eps";
  private static final String SHARED = "block_share";

  @Override
  public boolean takes(Factors factors) {
    return factors.tensors().containsKey(VECTORS);
  }

  @Override
  public Map<String, Object> fields(List<PeftSite> sites, SiteCatalogue base) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("bias", "none");
    fields.put(SHARED, flag(sites, SHARED));
    Optional<String> limit = setting(sites, EPSILON);
    fields.put("coft", limit.isPresent());
    fields.put(EPSILON, limit.map(Double::valueOf).orElse(6e-5));
    fields.put("fan_in_fan_out", TargetModules.turned(sites));
    fields.put("init_weights", true);
    fields.put("module_dropout", 0.0);
    fields.put(TERMS, setting(sites, TERMS).map(Integer::valueOf).orElse(5));
    long size = CommonValues.of(sites, "size of blocks", OftKind::size);
    fields.put("oft_block_size", size);
    fields.put("r", 0);
    fields.put("target_modules", TargetModules.of(sites, base));
    fields.put(SERIES, flag(sites, SERIES));
    return fields;
  }

  /** The size of a matrix that has so many elements above its diagonal. */
  private static long size(Factors factors) {
    long elements = factors.tensor(VECTORS).shape().size(1);
    return Math.round((1 + Math.sqrt(1 + 8.0 * elements)) / 2);
  }

  private static boolean flag(List<PeftSite> sites, String name) {
    return setting(sites, name).map(Boolean::parseBoolean).orElse(false);
  }

  private static Optional<String> setting(List<PeftSite> sites, String name) {
    return CommonValues.of(sites, name, f -> Optional.ofNullable(f.settings().get(name)));
  }
}
