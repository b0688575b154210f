package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.spi.Extension;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * LoKr. PEFT makes the shapes of its tensors out of the layer's size and a few settings for all
 * layers, so those settings have to give the shapes that there are.
 */
@Extension(point = PeftKind.class, name = "lokr", help = "LoKr in PEFT's layout")
public final class LokrKind implements PeftKind {
  @Override
  public boolean takes(Factors factors) {
    return factors.method().equals("lokr");
  }

  @Override
  public Map<String, Object> fields(List<PeftSite> sites, SiteCatalogue base) {
    List<LokrShape> shapes = sites.stream().map(LokrShape::of).toList();
    long factor = factor(shapes);
    boolean both = shapes.stream().anyMatch(LokrShape::firstFactored);
    SortedMap<String, Double> ranks = new TreeMap<>();
    SortedMap<String, Double> alphas = new TreeMap<>();
    for (int i = 0; i < sites.size(); i++) {
      LokrShape shape = shapes.get(i);
      if (!shape.made(both)) {
        throw wrong(shape, "other tensors than PEFT would make of its rank");
      }
      double rank = (double) shape.rank(both);
      ranks.put(sites.get(i).pattern(), rank);
      Optional<String> alpha =
          Optional.ofNullable(sites.get(i).factors().get(0).settings().get(AdapterMethod.ALPHA));
      // Two whole matrices have the scale 1, which PEFT has where alpha is the rank.
      alphas.put(sites.get(i).pattern(), alpha.map(Double::valueOf).orElse(rank));
    }
    Map<String, Object> fields = LohaKind.ranked(ranks, alphas);
    fields.put("decompose_both", both);
    fields.put("decompose_factor", factor);
    fields.put("rank_dropout_scale", false);
    fields.put("target_modules", TargetModules.of(sites, base));
    fields.put("use_effective_conv2d", LohaKind.tucker(sites, "lokr_t2"));
    return fields;
  }

  /** The setting that gives all layers the sizes that they have. */
  private static long factor(List<LokrShape> shapes) {
    Set<Long> candidates = new TreeSet<>();
    candidates.add(-1L);
    shapes.forEach(s -> candidates.add(s.firstRows()));
    shapes.forEach(s -> candidates.add(s.firstColumns()));
    for (long candidate : candidates) {
      if (shapes.stream().allMatch(s -> s.sized(candidate))) {
        return candidate;
      }
    }
    throw wrong(shapes.get(0), "sizes that no decompose_factor gives to it and all other layers");
  }

  private static AdapterException wrong(LokrShape shape, String what) {
    return new AdapterException(
        "PEFT has no form for the LoKr of "
            + shape.name()
            + ": it has "
            + what
            + ". Write kohya's layout.");
  }
}
