package dev.lora4j.core.adapter.sparse;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.training.AveragedTraining;
import dev.lora4j.core.adapter.training.ChangeForm;
import dev.lora4j.core.adapter.training.DenseTraining;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.ProductTraining;
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
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Training of SHiRA on linear layers: as many numbers of the weight as a LoRA of the rank has, at
 * places that are drawn once. Alpha is of no meaning.
 *
 * @param seed of the places, the same at each layer
 */
@Extension(
    point = TrainableMethod.class,
    name = "shira",
    help = "SHiRA: single numbers of the weight, at random places")
public record ShiraTraining(
    @Setting(name = "random_seed", help = "Seed of the places", defaultValue = "0") int seed)
    implements DenseTraining, ProductTraining, AveragedTraining {
  private static final String VALUES = SparseMethod.VALUES;
  private static final String INDICES = SparseMethod.INDICES;

  @Override
  public Optional<ChangeForm> form(Set<String> parts) {
    return Optional.of(ChangeForm.LINEAR);
  }

  @Override
  public Set<Site.Kind> kinds() {
    return EnumSet.of(Site.Kind.LINEAR);
  }

  @Override
  public Set<DropoutKind> dropouts() {
    return EnumSet.of(DropoutKind.INPUT, DropoutKind.MODULE);
  }

  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    Shape shape = Shape.of(count(site, recipe));
    return List.of(TrainedTensor.ranked(VALUES, shape, 0, TensorInit.ZEROS));
  }

  private static int count(Site site, SiteRecipe recipe) {
    long count = recipe.rank() * (site.out() + site.in());
    if (count > site.weight().elements()) {
      throw new IllegalArgumentException(
          "SHiRA trains rank * (inputs + outputs) = "
              + count
              + " numbers, and "
              + site.name()
              + " "
              + site.weight()
              + " has "
              + site.weight().elements()
              + "; take a rank of at most "
              + site.weight().elements() / (site.out() + site.in()));
    }
    return Math.toIntExact(count);
  }

  @Override
  public SortedMap<String, HostTensor> fixed(Site site, SiteRecipe recipe) {
    return new TreeMap<>(
        Map.of(INDICES, RandomMask.of(site.out(), site.in(), count(site, recipe), seed)));
  }

  @Override
  public double scale(Site site, SiteRecipe recipe) {
    return 1;
  }

  @Override
  public Expr whole(Site site, TrainedFactors factors) {
    return new SparseMethod().delta(site, factors.staged(SparseMethod.NAME));
  }

  @Override
  public Expr norm(Site site, TrainedFactors factors) {
    return factors.get(VALUES).norm();
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    return List.of(Factors.of(SparseMethod.NAME, values, SparseMethod.shira()));
  }

  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    Factors sparse = found.get(0);
    boolean mine =
        found.size() == 1
            && sparse.method().equals(SparseMethod.NAME)
            && sparse.settings().equals(SparseMethod.shira());
    if (!mine) {
      return Optional.empty();
    }
    long count = sparse.tensor(VALUES).shape().elements();
    long each = site.out() + site.in();
    return count % each == 0
        ? Optional.of(WarmStartFactors.of(SiteRecipe.of(sparse, count / each), sparse.tensors()))
        : Optional.empty();
  }
}
