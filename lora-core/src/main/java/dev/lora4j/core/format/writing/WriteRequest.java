package dev.lora4j.core.format.writing;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.Family;
import java.util.Optional;

/**
 * Adapter to lay out, with the options of its layout.
 *
 * @param family the kind of base it is for
 * @param rewrite whether factors that the layout has no form for may take the nearest one it has
 * @param base record of the base for the layout
 */
public record WriteRequest(
    Adapter adapter, Family family, boolean rewrite, Optional<BaseUsage> base) {
  /** Creates a request without a record of the base except its family. */
  public WriteRequest(Adapter adapter, Family family, boolean rewrite) {
    this(adapter, family, rewrite, Optional.empty());
  }
}
