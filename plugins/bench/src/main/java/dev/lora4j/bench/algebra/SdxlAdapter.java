package dev.lora4j.bench.algebra;

import dev.lora4j.bench.RandomAdapter;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Shape;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A made-up adapter for Stable Diffusion XL at the layers that kohya's trainer has by default. */
final class SdxlAdapter {
  private static final String FAMILY = "sdxl";

  private SdxlAdapter() {}

  /** The linear layers of transformers and of both text encoders. */
  static List<Site> sites() {
    return Families.named(FAMILY).sites().all().stream()
        .filter(s -> s.kind() == Site.Kind.LINEAR)
        .filter(s -> s.name().contains(".attentions.") || s.name().contains(".encoder.layers."))
        .toList();
  }

  /** The first layer of each shape. */
  static List<Site> oneOfEachShape() {
    Map<Shape, Site> first = new LinkedHashMap<>();
    sites().forEach(s -> first.putIfAbsent(s.weight(), s));
    return List.copyOf(first.values());
  }

  /** Writes an adapter for some of the layers. */
  static Path write(Engine engine, Path file, Collection<Site> sites, int rank, long seed) {
    return RandomAdapter.write(engine, file, Families.named(FAMILY), sites, rank, seed);
  }
}
