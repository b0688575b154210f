package dev.lora4j.core.mix;

import dev.lora4j.core.adapter.Adapter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Adapters of a picture with their weights, steps and regions. Immutable. */
public final class MixPlan {
  /**
   * One adapter and its weight.
   *
   * @param weight at the denoiser
   * @param text at the text encoders, which run once per image; absent for the weight's own {@link
   *     Weight#value}, whenever it takes part
   * @param shares what share of the weight counts at each site
   * @param area where in the picture it counts; everywhere if absent
   */
  public record Part(
      Adapter adapter,
      Weight weight,
      Optional<Double> text,
      SiteWeights shares,
      Optional<RegionMask> area) {
    /** Checks the text encoders' weight. */
    public Part {
      text.filter(w -> !Double.isFinite(w))
          .ifPresent(
              w -> {
                throw new IllegalArgumentException("a weight must be a number, found " + w);
              });
    }

    /** An adapter whose weight counts everywhere. */
    public Part(Adapter adapter, Weight weight) {
      this(adapter, weight, Optional.empty(), SiteWeights.ALL, Optional.empty());
    }

    /** A copy with another weight at the denoiser. */
    public Part weight(Weight other) {
      return new Part(adapter, other, text, shares, area);
    }

    /** A copy with a weight of its own at the text encoders. */
    public Part text(double weight) {
      return new Part(adapter, this.weight, Optional.of(weight), shares, area);
    }

    /** A copy with other shares. */
    public Part shares(SiteWeights other) {
      return new Part(adapter, weight, text, other, area);
    }

    /** A copy that is limited to a region of the picture. */
    public Part within(RegionMask other) {
      return new Part(adapter, weight, text, shares, Optional.of(other));
    }

    /** The weight at the text encoders: its own, or the denoiser's {@link Weight#value}. */
    public double textWeight() {
      return text.orElse(weight.value());
    }

    /** The one weight at a site without steps, regardless of its share there. */
    public double overall(String site) {
      return site.startsWith(TEXT_ENCODER) ? textWeight() : weight.value();
    }
  }

  /** Prefix of the sites of text encoders. */
  private static final String TEXT_ENCODER = "text_encoder";

  /** No adapter: the base alone. */
  public static final MixPlan NONE = new MixPlan(List.of(), AdapterOrder.IN_TURN, Route.AUTO);

  private final List<Part> parts;
  private final AdapterOrder order;
  private final Route route;

  private MixPlan(List<Part> parts, AdapterOrder order, Route route) {
    this.parts = List.copyOf(parts);
    this.order = order;
    this.route = route;
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
    return with(adapter, weight, SiteWeights.ALL);
  }

  /** This plan and one more adapter, with shares of its weight by site. */
  public MixPlan with(Adapter adapter, Weight weight, SiteWeights shares) {
    return with(new Part(adapter, weight).shares(shares));
  }

  /** This plan and one more adapter. */
  public MixPlan with(Part part) {
    List<Part> more = new ArrayList<>(parts);
    more.add(part);
    return new MixPlan(more, order, route);
  }

  /**
   * This plan with another order. It matters only where a method depends on the weight it acts on,
   * as DoRA and OFT do.
   */
  public MixPlan order(AdapterOrder other) {
    return new MixPlan(parts, other, route);
  }

  /** This plan with its adapters merged, unmerged, or whichever is faster. */
  public MixPlan route(Route other) {
    return new MixPlan(parts, order, other);
  }

  /** Route of the adapters in the network that runs at every step. */
  public Route route() {
    return route;
  }

  /** Order of the adapters at a site. */
  public AdapterOrder order() {
    return order;
  }

  /** The adapters and their weights, in the order they were added. */
  public List<Part> parts() {
    return parts;
  }

  /** This plan with other adapters, in the same order and by the same route. */
  public MixPlan parts(List<Part> other) {
    return new MixPlan(other, order, route);
  }

  /** Returns true if an adapter is limited to a region of the picture. */
  public boolean regional() {
    return parts.stream().anyMatch(p -> p.area().isPresent());
  }

  /**
   * The plans of the texts of a picture: of the whole picture, without the adapters that count in
   * parts of it; then one for each of those, with it.
   */
  public List<MixPlan> contexts() {
    List<MixPlan> all = new ArrayList<>(List.of(context(-1)));
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).area().isPresent()) {
        all.add(context(i));
      }
    }
    return all;
  }

  /** Parts that count everywhere, and the one part of index {@code regional}. */
  private MixPlan context(int regional) {
    List<Part> own = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      if (i == regional || parts.get(i).area().isEmpty()) {
        own.add(parts.get(i));
      }
    }
    return new MixPlan(own, order, route);
  }

  /** The adapters, in order. */
  public List<Adapter> adapters() {
    return parts.stream().map(Part::adapter).toList();
  }

  /** Returns true if no weight depends on the step. */
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
   * The weights at a site where steps do not count: at a text encoder its own, and elsewhere each
   * adapter's own value, whenever it takes part.
   */
  public float[] overall(String site) {
    float[] weights = new float[parts.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) parts.get(i).overall(site);
    }
    return weights;
  }

  /** For example {@code ink 0.7 + glow 0.4:0.5-1}. */
  @Override
  public String toString() {
    String sum = parts.stream().map(MixPlan::text).collect(Collectors.joining(" + "));
    return order == AdapterOrder.IN_TURN ? sum : sum + ", each from the base";
  }

  private static String text(Part part) {
    String texts = part.text().map(w -> ", text " + WeightSyntax.number(w)).orElse("");
    String blocks = part.shares().all() ? "" : " (" + part.shares().text() + ")";
    String area = part.area().map(a -> " within " + a).orElse("");
    return part.adapter().name() + " " + part.weight().text() + texts + blocks + area;
  }
}
