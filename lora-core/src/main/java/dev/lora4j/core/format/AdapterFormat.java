package dev.lora4j.core.format;

import java.util.Optional;

/**
 * One dialect in which adapters lie in safetensors files: how it spells layers and roles in keys.
 * Found as a service; implementations have no state. One file may mix dialects.
 *
 * <p>All else is done by {@code reading.AdapterFiles}: reading, dividing layers that are one in the
 * file and several in the base, and the account.
 */
public interface AdapterFormat {
  /** Its stable name, for example {@code kohya}. */
  String name();

  /**
   * What {@code key} stands for; empty if this dialect does not spell keys so. Of several dialects
   * that know a key, one that finds its layer goes before one that does not.
   */
  Optional<Address> resolve(String key, KeyContext context);

  /** What users should know of every file in this dialect. */
  default Optional<String> warning() {
    return Optional.empty();
  }
}
