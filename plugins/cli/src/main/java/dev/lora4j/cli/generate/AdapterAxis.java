package dev.lora4j.cli.generate;

import dev.lora4j.cli.adapter.BlockWeightOptions;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.BlockWeights;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.base.BaseOutline;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Axis of a grid over an adapter: its weight, {@code lora:ink}, or the share of it that counts in a
 * block, {@code block:ink:OUT03}.
 *
 * @param adapter its name
 * @param block which block; absent for the whole weight
 */
record AdapterAxis(String adapter, Optional<String> block) {
  static final String NAMES = "lora:NAME, block:NAME:BLOCK";

  private static final String LORA = "lora:";
  private static final String BLOCK = "block:";

  /** Reads the name of an axis; empty if it is not about adapters. */
  static Optional<AdapterAxis> of(String name) {
    if (name.startsWith(LORA)) {
      return Optional.of(new AdapterAxis(name.substring(LORA.length()), Optional.empty()));
    }
    if (!name.startsWith(BLOCK)) {
      return Optional.empty();
    }
    int colon = name.lastIndexOf(':');
    if (colon < BLOCK.length()) {
      throw new IllegalArgumentException(
          "A block's share is block:NAME:BLOCK=SHARES, for example block:ink:OUT03=0,0.5,1; found"
              + " '"
              + name
              + "'");
    }
    String adapter = name.substring(BLOCK.length(), colon);
    return Optional.of(new AdapterAxis(adapter, Optional.of(name.substring(colon + 1))));
  }

  /** Adapters with this value. */
  MixPlan apply(MixPlan plan, double value, SiteCatalogue sites) {
    UnaryOperator<MixPlan.Part> change =
        block.isPresent()
            ? part -> part.shares(BlockWeights.of(shares(part, value), sites))
            : part -> part.weight(part.weight().valued(value));
    MixPlan changed = MixPlan.NONE.order(plan.order()).route(plan.route());
    boolean found = false;
    for (MixPlan.Part part : plan.parts()) {
      boolean meant = part.adapter().name().equals(adapter);
      found |= meant;
      changed = changed.with(meant ? change.apply(part) : part);
    }
    if (!found) {
      require(plan.adapters().stream().map(a -> a.name()).toList());
    }
    return changed;
  }

  /**
   * Refuses an adapter that does not take part.
   *
   * @param names of those that do
   * @return its name
   */
  String require(List<String> names) {
    if (!names.contains(adapter)) {
      throw new IllegalArgumentException(
          "No adapter is called '"
              + adapter
              + "'; there are "
              + (names.isEmpty() ? "none, --lora adds one" : String.join(", ", names))
              + ".");
    }
    return adapter;
  }

  /** Refuses a block that a base has not. */
  void requireFits(BaseOutline base) {
    block.ifPresent(name -> BlockWeightOptions.shares(name + ":1", base.family().sites()));
  }

  /** The shares of --blocks, of which later ones count. */
  private String shares(MixPlan.Part part, double value) {
    String before = part.shares().text();
    if (before.matches("[-+.0-9eE,\\s]+")) {
      throw new IllegalArgumentException(
          "A grid over blocks takes --blocks by their names, as in "
              + adapter
              + "=IN:0.5,OUT:1, and not as a list of numbers.");
    }
    return (before.isEmpty() ? "" : before + ",") + block.orElse("") + ":" + value;
  }
}
