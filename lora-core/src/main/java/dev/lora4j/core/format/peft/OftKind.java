package dev.lora4j.core.format.peft;

import com.google.gson.JsonObject;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.SiteCatalogue;
import java.util.List;
import java.util.Optional;

/** PEFT's OFT. */
final class OftKind implements PeftKind {
  private static final String VECTORS = "oft_R.weight";
  private static final String SERIES = "use_cayley_neumann";
  private static final String TERMS = "num_cayley_neumann_terms";
  private static final String EPSILON = "eps";
  private static final String SHARED = "block_share";

  @Override
  public String type() {
    return "OFT";
  }

  @Override
  public boolean takes(Factors factors) {
    return factors.tensors().containsKey(VECTORS);
  }

  @Override
  public JsonObject fields(List<PeftSite> sites, SiteCatalogue base) {
    JsonObject fields = new JsonObject();
    fields.addProperty("bias", "none");
    fields.addProperty(SHARED, flag(sites, SHARED));
    Optional<String> limit = setting(sites, EPSILON);
    fields.addProperty("coft", limit.isPresent());
    fields.addProperty(EPSILON, limit.map(Double::valueOf).orElse(6e-5));
    fields.addProperty("fan_in_fan_out", TargetModules.turned(sites));
    fields.addProperty("init_weights", true);
    fields.addProperty("module_dropout", 0.0);
    fields.addProperty(TERMS, setting(sites, TERMS).map(Integer::valueOf).orElse(5));
    long size = CommonValues.of(sites, "size of blocks", OftKind::size);
    fields.addProperty("oft_block_size", size);
    fields.addProperty("r", 0);
    fields.add("target_modules", TargetModules.of(sites, base));
    fields.addProperty(SERIES, flag(sites, SERIES));
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
