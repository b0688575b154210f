package dev.lora4j.core.format;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * A layer as a file's spelling knows it: one site of the base, or several whose weights lie there
 * one below the other as one.
 *
 * @param name canonical name of the site, or its native path where it is spelled so
 * @param parts the sites that the base has of it
 * @param rows the rows of the whole layer's weight; absent where it is one site
 * @param natively whether it is spelled as in the layout that the model was first published in
 */
public record Layer(String name, List<Part> parts, Optional<Long> rows, boolean natively) {
  /**
   * One site in a layer.
   *
   * @param rows the rows of the layer's weight that the site has; absent where it has them all
   * @param swapped whether the halves of the rows are in the other order at the site
   */
  public record Part(Site site, Optional<NativeName.Rows> rows, boolean swapped) {}

  /** Copies its list. */
  public Layer {
    parts = List.copyOf(parts);
  }

  /** A layer that is one site, spelled canonically. */
  static Layer of(Site site) {
    Part all = new Part(site, Optional.empty(), false);
    return new Layer(site.name(), List.of(all), Optional.empty(), false);
  }

  /** Returns true if tensors for this layer fit its one site unchanged. */
  public boolean plain() {
    return rows.isEmpty() && !parts.get(0).swapped();
  }

  /** The site as one layer, which its tensors have to fit. */
  public Site whole() {
    Site first = parts.get(0).site();
    if (rows.isEmpty()) {
      return first;
    }
    Shape weight = first.weight().with(0, rows.get());
    boolean bias = parts.stream().anyMatch(p -> p.site().bias());
    return new Site(name, first.kind(), weight, bias, 1, 0, 1, 1);
  }

  /** Part {@code index} as a layer of its own, for files that divide it themselves. */
  public Optional<Layer> part(int index) {
    if (rows.isEmpty() || index >= parts.size()) {
      return Optional.empty();
    }
    Part part = new Part(parts.get(index).site(), Optional.empty(), parts.get(index).swapped());
    return Optional.of(new Layer(name + "." + index, List.of(part), Optional.empty(), natively));
  }

  /** The layer that the first {@code count} parts are. */
  public Optional<Layer> first(int count) {
    if (rows.isEmpty() || count > parts.size()) {
      return Optional.empty();
    }
    List<Part> kept = parts.subList(0, count);
    long end =
        kept.stream()
            .flatMap(p -> p.rows().stream())
            .mapToLong(r -> r.from() + r.count())
            .max()
            .orElseThrow();
    return Optional.of(new Layer(name, kept, Optional.of(end), natively));
  }
}
