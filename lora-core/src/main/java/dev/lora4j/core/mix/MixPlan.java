package dev.lora4j.core.mix;

import dev.lora4j.core.adapter.Adapter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which adapters take part in an image, how much, and when. Immutable. */
public final class MixPlan {
  /**
   * One adapter and its weight.
   *
   * @param shares what share of the weight counts at each site
   */
  public record Part(Adapter adapter, Weight weight, SiteShares shares) {
    /** An adapter whose weight counts everywhere. */
    public Part(Adapter adapter, Weight weight) {
      this(adapter, weight, SiteShares.ALL);
    }
  }

  /** No adapter: the base alone. */
  public static final MixPlan NONE = new MixPlan(List.of(), Order.IN_TURN);

  private final List<Part> parts;
  private final Order order;

  private MixPlan(List<Part> parts, Order order) {
    this.parts = List.copyOf(parts);
    this.order = order;
  }

  /** One adapter with the same weight at every step. */
  public static MixPlan of(Adapter adapter, double weight) {
    return NONE.with(adapter, Weight.of(weight));
  }

  /** One adapter. */
  public static MixPlan of(Adapter adapter, Weight weight) {
    return NONE.with(adapter, weight);
  }

  /** This plan and one more adapter, with the same weight at every step. */
  public MixPlan with(Adapter adapter, double weight) {
    return with(adapter, Weight.of(weight));
  }

  /** This plan and one more adapter. */
  public MixPlan with(Adapter adapter, Weight weight) {
    return with(adapter, weight, SiteShares.ALL);
  }

  /** This plan and one more adapter, of which not all counts everywhere. */
  public MixPlan with(Adapter adapter, Weight weight, SiteShares shares) {
    List<Part> more = new ArrayList<>(parts);
    more.add(new Part(adapter, weight, shares));
    return new MixPlan(more, order);
  }

  /**
   * This plan with another order. It matters only where a method depends on the weight it acts on,
   * as DoRA and OFT do.
   */
  public MixPlan order(Order other) {
    return new MixPlan(parts, other);
  }

  /** How the adapters follow each other. */
  public Order order() {
    return order;
  }

  /** The adapters and their weights, in the order they were added. */
  public List<Part> parts() {
    return parts;
  }

  /** The adapters, in order. */
  public List<Adapter> adapters() {
    return parts.stream().map(Part::adapter).toList();
  }

  /** Whether no weight depends on the step. */
  public boolean constant() {
    return parts.stream().allMatch(p -> p.weight().constant());
  }

  /** The weights in step {@code step} of {@code steps}, in the order of the parts. */
  public float[] at(int step, int steps) {
    float[] weights = new float[parts.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) parts.get(i).weight().at(step, steps);
    }
    return weights;
  }

  /**
   * The weights for what is computed once per image, such as the text: each adapter's own value,
   * whenever it takes part.
   */
  public float[] overall() {
    float[] weights = new float[parts.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) parts.get(i).weight().value();
    }
    return weights;
  }

  /** For example {@code ink 0.7 + glow 0.4 [50-100 %]}. */
  @Override
  public String toString() {
    String sum = parts.stream().map(MixPlan::text).collect(Collectors.joining(" + "));
    return order == Order.IN_TURN ? sum : sum + ", each from the base";
  }

  private static String text(Part part) {
    Weight w = part.weight();
    String steps =
        w.constant()
            ? ""
            : String.format(Locale.ROOT, " [%.0f-%.0f %%]", 100 * w.from(), 100 * w.to());
    String blocks = part.shares().all() ? "" : " (" + part.shares().text() + ")";
    return part.adapter().name() + " " + w.value() + steps + blocks;
  }
}
