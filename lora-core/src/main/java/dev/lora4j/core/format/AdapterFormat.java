package dev.lora4j.core.format;

import dev.lora4j.spi.ExtensionName;
import java.util.Optional;

/**
 * Dialect of adapters in safetensors files: its spelling of layers and roles in keys. An extension
 * point; implementations have no state and are used by several threads. One file may mix dialects.
 *
 * <p>All else is done by {@code reading.AdapterFiles}: reading, dividing layers that are one in the
 * file and several in the base, and the account.
 */
public interface AdapterFormat {
  /** Its stable name, for example {@code kohya}. */
  default String name() {
    return ExtensionName.of(this);
  }

  /**
   * Address that {@code key} stands for; empty if this dialect does not spell keys so. Of several
   * dialects that know a key, one that finds its layer goes before one that does not, and then one
   * that takes {@linkplain #specificity less}.
   */
  Optional<KeyAddress> resolve(String key, KeyContext context);

  /**
   * Specificity of the dialect's keys. Dialects of equal specificity decide in the order of their
   * names.
   */
  default Specificity specificity() {
    return Specificity.MARKED;
  }

  /** Degree to which a dialect leaves the keys of other tools alone. */
  enum Specificity {
    /** Keys have a mark of this dialect alone, for example their prefix. */
    MARKED,
    /** Roles have a form of their own, behind layers that may be called like anybody's. */
    ROLES,
    /** Any key that ends in a role. */
    ANYTHING
  }

  /** Warning for every file in this dialect. */
  default Optional<String> warning() {
    return Optional.empty();
  }
}
