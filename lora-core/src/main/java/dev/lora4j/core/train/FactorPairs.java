package dev.lora4j.core.train;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatLayout.Slot;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.TensorException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The two factors of each site among trained weights, in the order of the layout.
 *
 * @param others names of the weights that are neither
 */
record FactorPairs(List<Pair> all, List<String> others) {
  private static final String DOWN = ".down";
  private static final String UP = ".up";
  private static final String MID = ".mid";

  /** Both factors of a site. */
  record Pair(String site, Slot down, Slot up) {
    long rank() {
      return down.parameter().shape().size(0);
    }
  }

  static FactorPairs of(FlatLayout layout) {
    List<Pair> pairs = new ArrayList<>();
    Set<String> others = new LinkedHashSet<>();
    layout.slots().forEach(slot -> others.add(slot.parameter().name()));
    for (Slot down : layout.slots()) {
      String name = down.parameter().name();
      if (!name.endsWith(DOWN)) {
        continue;
      }
      String site = name.substring(0, name.length() - DOWN.length());
      // A core between the factors makes the product another one.
      if (layout.slot(site + UP).isPresent() && layout.slot(site + MID).isEmpty()) {
        Pair pair = new Pair(site, down, layout.slot(site + UP).get());
        requireFitting(pair);
        pairs.add(pair);
        others.removeAll(List.of(name, site + UP));
      }
    }
    if (pairs.isEmpty()) {
      throw new TensorException(
          "None of the trained weights are factors called SITE.down and SITE.up; there are "
              + others.stream().limit(3).toList()
              + " and so on. Take the greatest norm away.");
    }
    return new FactorPairs(List.copyOf(pairs), List.copyOf(others));
  }

  private static void requireFitting(Pair pair) {
    Shape up = pair.up().parameter().shape();
    boolean fits = up.rank() >= 2 && up.elements() == up.size(0) * pair.rank();
    if (!fits || pair.down().parameter().shape().rank() < 2) {
      throw new TensorException(
          "The factors of '"
              + pair.site()
              + "' have the shapes "
              + pair.down().parameter().shape()
              + " and "
              + up
              + "; expected [rank, in, ...] and [out, rank], or [out, rank, 1, 1].");
    }
  }

  List<String> sites() {
    return all.stream().map(Pair::site).toList();
  }
}
