package dev.lora4j.core.adapter.miss;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.training.AdditiveTraining;
import dev.lora4j.core.adapter.training.AveragedTraining;
import dev.lora4j.core.adapter.training.ChangeForm;
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

/**
 * Training of MiSS on linear layers: one block [rank, columns], which begins at 0. Neither the
 * weight nor the whole input is kept for the gradient. Alpha is of no meaning.
 *
 * @param columns columns of the block, which are repeated along the outputs; 0 for one for each
 *     output
 */
@Extension(
    point = TrainableMethod.class,
    name = MissMethod.NAME,
    help = "MiSS: a block that is repeated along the inputs")
public record MissTraining(
    @Setting(
            name = "mini_r",
            help = "Columns of the block, repeated along the outputs; 0 for one for each output",
            defaultValue = "0",
            min = 0)
        int columns)
    implements AdditiveTraining, ProductTraining, AveragedTraining {
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
    return EnumSet.allOf(DropoutKind.class);
  }

  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    if (recipe.rank() > site.in()) {
      throw new IllegalArgumentException(
          "MiSS adds up inputs in shards of the rank, and "
              + site.name()
              + " "
              + site.weight()
              + " has "
              + site.in()
              + " inputs; the rank "
              + recipe.rank()
              + " is more.");
    }
    if (columns > 0 && site.out() % columns != 0) {
      throw new IllegalArgumentException(
          "mini_r = "
              + columns
              + " divides the outputs of all layers; "
              + site.name()
              + " "
              + site.weight()
              + " has "
              + site.out()
              + ".");
    }
    Shape shape = Shape.of(recipe.rank(), columns > 0 ? columns : site.out());
    return List.of(TrainedTensor.ranked(MissMethod.BLOCK, shape, 0, TensorInit.ZEROS));
  }

  @Override
  public double scale(Site site, SiteRecipe recipe) {
    return 1;
  }

  @Override
  public Expr delta(Site site, TrainedFactors factors) {
    Expr change = ShardSums.delta(site, factors.get(MissMethod.BLOCK));
    return change.mul(factors.scale().reshape(new long[0]));
  }

  @Override
  public Expr unmerged(Site site, Expr x, TrainedFactors factors) {
    Expr block = factors.get(MissMethod.BLOCK, x.dtype());
    Expr sums = ShardSums.of(factors.dropout().input(x), block.dim(0));
    Expr scale = factors.scale().to(x.dtype()).reshape(new long[0]);
    Expr kept = factors.dropout().directions(site, sums.mul(scale));
    return kept.linear(ShardSums.up(site, block));
  }

  /** The root of the squares of the block, each as often as its row is repeated. */
  @Override
  public Expr norm(Site site, TrainedFactors factors) {
    Expr block = factors.get(MissMethod.BLOCK);
    Expr times = ShardSums.product(site, block).down().sum(1);
    double repeated = (double) site.out() / block.shape().size(1);
    return block.pow(2).mul(times).sum().mul(repeated).sqrt();
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    return List.of(Factors.of(name(), values, Map.of()));
  }

  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    Factors block = found.get(0);
    if (found.size() > 1 || !block.method().equals(name())) {
      return Optional.empty();
    }
    long rank = block.tensor(MissMethod.BLOCK).shape().size(0);
    return Optional.of(WarmStartFactors.of(SiteRecipe.of(block, rank), block.tensors()));
  }
}
