package dev.lora4j.core.train.adapter;

import dev.lora4j.core.adapter.training.SitePattern;
import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Layers to train: those of presets and those that patterns name, without those that other patterns
 * exclude.
 */
public record TargetLayers(
    List<TargetPreset> presets, List<SitePattern> include, List<SitePattern> exclude)
    implements Canonical {
  /** Copies its lists. */
  public TargetLayers {
    presets = List.copyOf(presets);
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Targets")
        .with("presets", presets)
        .with("include", include)
        .with("exclude", exclude)
        .text();
  }

  /** The layers of these presets. */
  public static TargetLayers of(TargetPreset... presets) {
    return new TargetLayers(Arrays.asList(presets), List.of(), List.of());
  }

  /** The layers that match any of these patterns, see {@link SitePattern}. */
  public static TargetLayers matching(String... patterns) {
    return new TargetLayers(List.of(), patterns(patterns), List.of());
  }

  /** Union of these and other layers. */
  public TargetLayers and(TargetLayers others) {
    return new TargetLayers(
        joined(presets, others.presets),
        joined(include, others.include),
        joined(exclude, others.exclude));
  }

  /** A copy without the layers that match any of these patterns. */
  public TargetLayers without(String... patterns) {
    return new TargetLayers(presets, include, joined(exclude, patterns(patterns)));
  }

  private static List<SitePattern> patterns(String... patterns) {
    return Arrays.stream(patterns).map(SitePattern::of).toList();
  }

  private static <T> List<T> joined(List<T> some, List<T> others) {
    List<T> all = new ArrayList<>(some);
    all.addAll(others);
    return all;
  }
}
