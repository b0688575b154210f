package dev.lora4j.core.adapter.hira;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerMath;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.training.AveragedTraining;
import dev.lora4j.core.adapter.training.ChangeForm;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TensorInit;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Training of HiRA on linear layers and convolutions, which begins as in PEFT: the factor of the
 * outputs is 0. The weight is multiplied as a whole, of a base in few bits its numbers. Alpha is of
 * no meaning.
 */
@Extension(
    point = TrainableMethod.class,
    name = HiraMethod.NAME,
    help = "HiRA: the weight times a low-rank matrix, element by element")
public record HiraTraining() implements AveragedTraining {
  @Override
  public Optional<ChangeForm> form(Set<String> parts) {
    return Optional.of(
        parts.size() == 1 ? ChangeForm.LINEAR : new ChangeForm.Product(HiraMethod.A, HiraMethod.B));
  }

  @Override
  public Set<Site.Kind> kinds() {
    return EnumSet.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
  }

  @Override
  public Set<DropoutKind> dropouts() {
    return EnumSet.of(DropoutKind.INPUT, DropoutKind.MODULE);
  }

  @Override
  public Set<FactorInit> starts() {
    return EnumSet.of(FactorInit.KAIMING, FactorInit.GAUSSIAN);
  }

  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    if (site.groups() > 1) {
      throw new IllegalArgumentException(
          "HiRA changes no convolution with groups, and "
              + site.name()
              + " has "
              + site.groups()
              + "; leave it out");
    }
    long rank = recipe.rank();
    TensorInit random =
        recipe.start() == FactorInit.GAUSSIAN
            ? new TensorInit.Normal(1.0 / rank)
            : new TensorInit.Kaiming();
    return List.of(
        TrainedTensor.ranked(HiraMethod.A, LowRank.down(site, rank), 0, random),
        TrainedTensor.ranked(HiraMethod.B, LowRank.up(site, rank), 1, TensorInit.ZEROS));
  }

  @Override
  public double scale(Site site, SiteRecipe recipe) {
    return 1;
  }

  /** The changed weight is formed unless that would round the change, or inputs are left out. */
  @Override
  public Expr apply(SiteLayer layer, Expr x, TrainedFactors factors) {
    Site site = layer.site();
    DType type = layer.weight().dtype();
    Expr product = new LowRank(factors.get(HiraMethod.A), factors.get(HiraMethod.B)).product(site);
    Expr growth = factors.kept(product);
    Expr change = layer.weight().mul(growth.to(type));
    boolean precise = type == DType.F32 || type == DType.F64;
    if (precise && !factors.dropout().dropsInput()) {
      return layer.withWeight(layer.weight().add(change)).output(x);
    }
    return layer.output(x).add(LayerMath.apply(site, factors.dropout().input(x), change));
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    return List.of(Factors.of(name(), values, Map.of()));
  }

  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    Factors pair = found.get(0);
    if (found.size() > 1 || !pair.tensors().containsKey(HiraMethod.A)) {
      return Optional.empty();
    }
    long rank = pair.tensor(HiraMethod.A).shape().size(0);
    return Optional.of(WarmStartFactors.of(SiteRecipe.of(pair, rank), pair.tensors()));
  }
}
