package dev.lora4j.core.format;

import java.util.Optional;

/**
 * One dialect in which adapters lie in safetensors files: how it spells layers and roles in keys.
 * An extension point; implementations have no state and are used by several threads. One file may
 * mix dialects.
 *
 * <p>All else is done by {@code reading.AdapterFiles}: reading, dividing layers that are one in the
 * file and several in the base, and the account.
 */
public interface AdapterFormat {
  /** Its stable name, for example {@code kohya}. */
  String name();

  /**
   * What {@code key} stands for; empty if this dialect does not spell keys so. Of several dialects
   * that know a key, one that finds its layer goes before one that does not, and then one that
   * takes {@linkplain #specificity less}.
   */
  Optional<KeyAddress> resolve(String key, KeyContext context);

  /** How much it takes for its own. Dialects of equal reach are asked by name. */
  default Specificity specificity() {
    return Specificity.MARKED;
  }

  /** How much of what others write a dialect would take too. */
  enum Specificity {
    /** Keys have a mark that nobody else's have, for example how they begin. */
    MARKED,
    /** Roles have a form of their own, behind layers that may be called like anybody's. */
    ROLES,
    /** Anything that ends in a role. */
    ANYTHING
  }

  /** What users should know of every file in this dialect. */
  default Optional<String> warning() {
    return Optional.empty();
  }
}
