package dev.lora4j.spi;

import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;

/**
 * A value computed from all extensions of a point, for frequent use: computed once, and again when
 * plug-ins came or went.
 *
 * <p>Safe for use by several threads.
 *
 * @param <T> the point
 */
public final class PointView<T, V> {
  private record Computed<T, V>(SortedMap<String, T> from, V value) {}

  private final Class<T> point;
  private final Function<SortedMap<String, T>, V> computation;
  private volatile Optional<Computed<T, V>> last = Optional.empty();

  private PointView(Class<T> point, Function<SortedMap<String, T>, V> computation) {
    this.point = point;
    this.computation = computation;
  }

  /** A view of {@link Extensions#installed}. */
  public static <T, V> PointView<T, V> of(
      Class<T> point, Function<SortedMap<String, T>, V> computation) {
    return new PointView<>(point, computation);
  }

  /** The value for the current extensions. */
  @SuppressWarnings("ReferenceEquality") // Another map is another set of extensions.
  public V get() {
    Optional<Computed<T, V>> known = last;
    SortedMap<String, T> all = Extensions.installed().shared(point);
    if (known.isPresent() && known.get().from() == all) {
      return known.get().value();
    }
    V value = computation.apply(all);
    last = Optional.of(new Computed<>(all, value));
    return value;
  }
}
