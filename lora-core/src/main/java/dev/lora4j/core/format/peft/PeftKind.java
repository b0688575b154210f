package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.ExtensionName;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * PEFT type of adapters: the factors that it admits, and its configuration. An extension point;
 * implementations have no state and are used by several threads.
 *
 * <p>Its name is PEFT's of the type in small letters. No two types admit the same factors. The
 * tensors are those that the method writes, under the names of its roles.
 */
public interface PeftKind {
  /** PEFT's name of the type: that of {@link Extension}, in capitals. */
  default String type() {
    return ExtensionName.of(this).toUpperCase(Locale.ROOT);
  }

  /** Returns true if factors may be part of such an adapter. */
  boolean takes(Factors factors);

  /**
   * The fields of the configuration that are its own: texts, numbers, truth values, lists and maps
   * of these.
   *
   * @param sites all layers, of one model
   * @param base the sites of the base
   * @throws dev.lora4j.core.adapter.AdapterException if one configuration cannot say what they are
   */
  Map<String, Object> fields(List<PeftSite> sites, SiteCatalogue base);

  /**
   * The shapes of tensors that all layers share, by role, where PEFT has them larger than layers
   * use them. What no layer uses is 0 there.
   *
   * @param sites all layers, of one model
   */
  default Map<String, Shape> shared(List<PeftSite> sites) {
    return Map.of();
  }

  /**
   * Tensors of factors by PEFT's names for them, where these are others than roles have; empty if
   * roles say the names.
   */
  default Optional<SortedMap<String, HostTensor>> tensors(Factors factors) {
    return Optional.empty();
  }

  /** Fields of all types that its readers do not know and would refuse; none by default. */
  default Set<String> unknown() {
    return Set.of();
  }
}
