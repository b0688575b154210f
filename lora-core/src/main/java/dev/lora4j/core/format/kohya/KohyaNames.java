package dev.lora4j.core.format.kohya;

import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * kohya's flat names of layers: the prefix of the model, then the layer's name with every dot made
 * an underscore. As that cannot be undone by rule, names are looked up among the base's sites.
 */
final class KohyaNames {
  private static final String UNET = "unet.";
  private static final String TEXT = "text_encoder.";

  private final Map<String, Site> sites = new HashMap<>();

  KohyaNames(SiteCatalogue base) {
    base.all().forEach(s -> sites.put(flat(s.name()), s));
  }

  /** The flat name of a canonical site. */
  static String flat(String site) {
    if (site.startsWith(UNET)) {
      return "lora_unet_" + site.substring(UNET.length()).replace('.', '_');
    }
    if (site.startsWith(TEXT)) {
      return "lora_te_" + site.substring(TEXT.length()).replace('.', '_');
    }
    throw new IllegalArgumentException("kohya has no name for site " + site);
  }

  Optional<Site> site(String flat) {
    return Optional.ofNullable(sites.get(flat));
  }
}
