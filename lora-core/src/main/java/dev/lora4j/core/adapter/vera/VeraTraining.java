package dev.lora4j.core.adapter.vera;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.SharedTensor;
import dev.lora4j.core.adapter.training.AdditiveTraining;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TensorInit;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.tensor.host.MersenneTwister;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Training of VeRA on linear layers: two vectors of each layer, between and behind matrices that
 * are drawn once for all layers, as PEFT draws them. Alpha is of no meaning.
 *
 * @param seed of the matrices
 * @param size first value of the vector of directions; that of outputs begins at 0
 */
@Extension(
    point = TrainableMethod.class,
    name = VeraMethod.NAME,
    help = "VeRA: vectors that scale two matrices which all layers share")
public record VeraTraining(
    @Setting(
            name = "projection_prng_key",
            help = "Seed of the matrices that all layers share",
            defaultValue = "0",
            min = 0)
        int seed,
    @Setting(name = "d_initial", help = "First size of the directions", defaultValue = "0.1")
        double size)
    implements AdditiveTraining {
  @Override
  public Set<Site.Kind> kinds() {
    return EnumSet.of(Site.Kind.LINEAR);
  }

  @Override
  public Set<DropoutKind> dropouts() {
    return EnumSet.allOf(DropoutKind.class);
  }

  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    return List.of(
        TrainedTensor.of(VeraMethod.OUTPUTS, Shape.of(site.out()), TensorInit.ZEROS),
        TrainedTensor.ranked(
            VeraMethod.DIRECTIONS, Shape.of(recipe.rank()), 0, new TensorInit.Constant(size)));
  }

  @Override
  public SortedMap<String, SharedTensor> shared(Map<Site, SiteRecipe> layers) {
    long rank = layers.values().iterator().next().rank();
    layers.forEach(
        (site, recipe) -> {
          if (recipe.rank() != rank) {
            throw new IllegalArgumentException(
                "VeRA has one rank for all layers, as they share their matrices, and "
                    + site.name()
                    + " has "
                    + recipe.rank()
                    + " where another has "
                    + rank
                    + "; give one rank.");
          }
        });
    SortedMap<String, SharedTensor> shared = new TreeMap<>();
    try {
      VeraDraw.of(new MersenneTwister(seed), rank, layers.keySet())
          .forEach((role, tensor) -> shared.put(role, new SharedTensor(tensor)));
    } catch (AdapterException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    return shared;
  }

  @Override
  public SortedMap<String, HostTensor> fixed(
      Site site, SiteRecipe recipe, Map<String, SharedTensor> shared) {
    SortedMap<String, HostTensor> corners = new TreeMap<>();
    Shape a = Shape.of(recipe.rank(), site.in());
    Shape b = Shape.of(site.out(), recipe.rank());
    corners.put(VeraMethod.A, Objects.requireNonNull(shared.get(VeraMethod.A)).corner(a));
    corners.put(VeraMethod.B, Objects.requireNonNull(shared.get(VeraMethod.B)).corner(b));
    return corners;
  }

  @Override
  public double scale(Site site, SiteRecipe recipe) {
    return 1;
  }

  @Override
  public Expr delta(Site site, TrainedFactors factors) {
    Expr outputs = factors.get(VeraMethod.OUTPUTS);
    Expr a = factors.get(VeraMethod.A, outputs.dtype());
    Expr b = factors.get(VeraMethod.B, outputs.dtype());
    Expr change = VeraMethod.pair(a, b, outputs, factors.get(VeraMethod.DIRECTIONS)).product(site);
    return change.mul(factors.scale().reshape(new long[0]));
  }

  @Override
  public Expr unmerged(Site site, Expr x, TrainedFactors factors) {
    Expr inner = factors.dropout().input(x).linear(factors.get(VeraMethod.A, x.dtype()));
    Expr scale = factors.scale().to(x.dtype()).reshape(new long[0]);
    Expr sized = inner.mul(factors.get(VeraMethod.DIRECTIONS, x.dtype())).mul(scale);
    Expr kept = factors.dropout().directions(site, sized);
    return kept.linear(factors.get(VeraMethod.B, x.dtype()))
        .mul(factors.get(VeraMethod.OUTPUTS, x.dtype()));
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    return List.of(Factors.of(name(), values, Map.of()));
  }

  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    Factors vectors = found.get(0);
    if (found.size() > 1 || !vectors.method().equals(name())) {
      return Optional.empty();
    }
    long rank = vectors.tensor(VeraMethod.DIRECTIONS).shape().size(0);
    return Optional.of(WarmStartFactors.of(SiteRecipe.of(vectors, rank), vectors.tensors()));
  }
}
