package dev.lora4j.core.format;

import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.NearestNames;
import dev.lora4j.spi.PointView;
import java.time.YearMonth;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;

/** The families of base models there are, those of this library and those of plug-ins. */
public final class Families {
  private static final PointView<BaseFamily, Families> INSTALLED =
      PointView.of(BaseFamily.class, Families::new);

  /** Position of a plug-in whose code fails: after all that work. */
  private static final YearMonth NEVER = YearMonth.of(9999, 12);

  private record Variant(Family layers, BaseFamily family) {}

  private final List<BaseFamily> families;
  private final Map<String, Variant> variants;
  private final Components components;

  private Families(SortedMap<String, BaseFamily> byName) {
    // The sort keeps the order of names among equals.
    families =
        byName.values().stream()
            .sorted(Comparator.comparing(f -> ask(f, BaseFamily::released, NEVER)))
            .toList();
    Map<String, Variant> all = new LinkedHashMap<>();
    for (BaseFamily family : families) {
      for (Family layers : ask(family, BaseFamily::variants, List.<Family>of())) {
        all.putIfAbsent(layers.name(), new Variant(layers, family));
      }
    }
    variants = Collections.unmodifiableMap(all);
    components =
        new Components(
            all.values().stream()
                .flatMap(variant -> variant.layers().sites().all().stream())
                .map(site -> Components.of(site.name()))
                .distinct()
                .toList());
  }

  private static <V> V ask(BaseFamily family, Function<BaseFamily, V> question, V otherwise) {
    return Extensions.installed().ask(family, () -> question.apply(family), otherwise);
  }

  /** The variants of all families, older ones first. */
  public static List<Family> all() {
    return INSTALLED.get().variants.values().stream().map(Variant::layers).toList();
  }

  /**
   * The variant called {@code name}, for example {@code sdxl}.
   *
   * @throws IllegalArgumentException if there is none; the message names the nearest and all
   */
  public static Family named(String name) {
    Map<String, Variant> known = INSTALLED.get().variants;
    Variant variant = known.get(name);
    if (variant == null) {
      List<String> nearest = NearestNames.near(name, known.keySet(), 1);
      throw new IllegalArgumentException(
          "There is no family of models called '"
              + name
              + "'."
              + (nearest.isEmpty() ? "" : " Did you mean " + nearest.get(0) + "?")
              + " Known are: "
              + String.join(", ", known.keySet())
              + ".");
    }
    return variant.layers();
  }

  /** The family of a variant; empty if there is none of this name. */
  public static Optional<BaseFamily> of(String variant) {
    return Optional.ofNullable(INSTALLED.get().variants.get(variant)).map(Variant::family);
  }

  /** Entries of kohya's trainer in adapters for a variant; empty if it trains none. */
  public static Optional<KohyaLabel> label(String variant) {
    return of(variant).flatMap(f -> ask(f, asked -> asked.label(variant), Optional.empty()));
  }

  /** Component of a pipeline that a file without prefixes holds, see {@link BaseFamily}. */
  public static Optional<String> component(Set<String> tensors) {
    return first(family -> family.component(tensors));
  }

  /** Variant whose denoiser lies in a file in the layout of first publication. */
  public static Optional<Family> original(Map<String, TensorInfo> tensors, String prefix) {
    // A name that is no variant is a plug-in's mistake, and means none.
    Map<String, Variant> known = INSTALLED.get().variants;
    return first(family -> family.original(tensors, prefix).filter(known::containsKey))
        .map(Families::named);
  }

  /** Native names of layers of a known structure, in any size; none for other structures. */
  public static List<NativeName> natives(SiteCatalogue sites) {
    return of(sites)
        .map(f -> ask(f, asked -> asked.natives(sites), List.<NativeName>of()))
        .orElse(List.of());
  }

  /** The family that has native names for layers of any size; empty for other structures. */
  static Optional<BaseFamily> of(SiteCatalogue sites) {
    return INSTALLED.get().families.stream()
        .filter(f -> !ask(f, asked -> asked.natives(sites), List.<NativeName>of()).isEmpty())
        .findFirst();
  }

  /** Blocks of a model of a known structure, in any size; empty for other structures. */
  static Optional<BlockScheme> blocks(SiteCatalogue sites) {
    return first(family -> family.blocks(sites));
  }

  private static <V> Optional<V> first(Function<BaseFamily, Optional<V>> question) {
    return INSTALLED.get().families.stream()
        .flatMap(family -> ask(family, question, Optional.<V>empty()).stream())
        .findFirst();
  }

  /** Components of pipelines, those of all variants' sites among them. */
  static Components components() {
    return INSTALLED.get().components;
  }
}
