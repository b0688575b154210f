package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.oft.BlockSize;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.spi.Extension;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

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
    fields.put("oft_block_size", common(sites));
    fields.put("r", 0);
    fields.put("target_modules", TargetModules.of(sites, base));
    fields.put(SERIES, flag(sites, SERIES));
    return fields;
  }

  /** The size for all layers of which PEFT makes the one that each layer has. */
  private static long common(List<PeftSite> sites) {
    Set<Long> sizes = new TreeSet<>();
    sites.forEach(s -> sizes.add(size(s.factors().get(0))));
    return sizes.stream()
        .filter(size -> sites.stream().allMatch(s -> made(s, size)))
        .findFirst()
        .orElseGet(() -> CommonValues.of(sites, "size of blocks", OftKind::size));
  }

  private static boolean made(PeftSite site, long wanted) {
    long made = site.site().map(s -> BlockSize.nearest(s.rest(), wanted)).orElse(wanted);
    return made == size(site.factors().get(0));
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
