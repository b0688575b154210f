package dev.lora4j.core.train.adapter;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.lowrank.LowRankAlgebra;
import dev.lora4j.core.lowrank.RankRule;
import dev.lora4j.core.lowrank.Term;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.SeededNoise;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * First factors of a LoRA that learns from other adapters, its teachers, in F32: at each linear
 * layer and convolution of one network that a teacher changes, all of one rank and alpha.
 *
 * @param layers all layers of the base
 * @param network first part of the names of the layers that it learns at, for example {@code unet}
 * @param teachers that it learns from
 * @param rank of all layers
 * @param alpha of all layers
 * @param seed of the directions that begin at random
 */
public record StudentFactors(
    List<Site> layers, String network, List<Teacher> teachers, int rank, double alpha, long seed) {
  /** An adapter that is learned from, at a weight. */
  public record Teacher(Adapter adapter, double weight) {}

  /** Copies its lists. */
  public StudentFactors {
    layers = List.copyOf(layers);
    teachers = List.copyOf(teachers);
  }

  /** Factors that change nothing: down at random, up of zeros. */
  public Adapter fresh(String name) {
    return started(name, Map.of());
  }

  /**
   * The mean of the teachers' changes, cut to the rank. Directions that they do not have begin as
   * fresh ones.
   *
   * @param work owner of what is computed on the way
   * @throws AdapterException if a teacher has no change of its own, as DoRA has none
   */
  public Adapter merged(Scope work, String name) {
    Map<String, Site> sites = sites();
    List<Term> terms =
        teachers.stream()
            .map(
                teacher ->
                    new Term(
                        teacher.adapter(),
                        teacher.weight() / teachers.size(),
                        (site, target) ->
                            sites.containsKey(site) && target == LayerParameter.WEIGHT ? 1 : 0))
            .toList();
    Adapter mean =
        new LowRankAlgebra(work, named())
            .truncate(name, terms, RankRule.fixed(rank), DType.F32)
            .adapter();
    Map<String, Factors> known = new HashMap<>();
    mean.sites().forEach((site, factors) -> known.put(site, factors.get(0)));
    return started(name, known);
  }

  private Map<String, Site> named() {
    return layers.stream().collect(Collectors.toMap(Site::name, Function.identity()));
  }

  /** The layers that it is trained at, in the order of the model. */
  private Map<String, Site> sites() {
    Map<String, Site> sites = new LinkedHashMap<>();
    for (Site site : layers) {
      boolean kind = site.kind() == Site.Kind.LINEAR || site.kind() == Site.Kind.CONVOLUTION;
      if (kind
          && site.name().startsWith(network + ".")
          && teachers.stream().anyMatch(t -> !t.adapter().at(site.name()).isEmpty())) {
        sites.put(site.name(), site);
      }
    }
    if (sites.isEmpty()) {
      throw new AdapterException(
          "The teachers change no linear layer and no convolution of "
              + network
              + ", and a student learns at no others; bake or merge them instead.");
    }
    return sites;
  }

  private Adapter started(String name, Map<String, Factors> known) {
    Map<String, List<Factors>> all = new HashMap<>();
    int number = 0;
    for (Site site : sites().values()) {
      Optional<Factors> found = Optional.ofNullable(known.get(site.name()));
      all.put(site.name(), List.of(started(site, number++, found)));
    }
    return new Adapter(name, all, Map.of());
  }

  private Factors started(Site site, int number, Optional<Factors> known) {
    float[] down = floats(LowRank.down(site, rank).elements());
    float[] up = floats(LowRank.up(site, rank).elements());
    int width = down.length / rank;
    int taken = known.map(factors -> put(factors, down, up)).orElse(0);
    // As PyTorch begins a linear layer (He et al. 2015).
    double bound = 1 / Math.sqrt(width);
    SeededNoise noise = SeededNoise.of(seed, number);
    for (int i = taken * width; i < down.length; i++) {
      down[i] = (float) ((2 * noise.uniform() - 1) * bound);
    }
    return LoraMath.factors(
        HostTensor.of(LowRank.down(site, rank), down),
        HostTensor.of(LowRank.up(site, rank), up),
        alpha);
  }

  /** Puts factors first, with their scale in up; their rank. */
  private int put(Factors factors, float[] down, float[] up) {
    HostTensor first = factors.tensor(LoraMethod.DOWN);
    int own = Math.toIntExact(first.shape().size(0));
    first.floats(down, 0);
    float[] columns = factors.tensor(LoraMethod.UP).floats();
    String stored = factors.settings().getOrDefault(AdapterMethod.ALPHA, Integer.toString(own));
    float scale = (float) (Double.parseDouble(stored) / own / (alpha / rank));
    for (int row = 0; row < columns.length / own; row++) {
      for (int k = 0; k < own; k++) {
        up[row * rank + k] = scale * columns[row * own + k];
      }
    }
    return own;
  }

  private static float[] floats(long count) {
    return new float[Math.toIntExact(count)];
  }
}
