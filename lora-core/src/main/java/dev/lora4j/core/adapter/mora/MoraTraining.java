package dev.lora4j.core.adapter.mora;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.training.AdditiveTraining;
import dev.lora4j.core.adapter.training.AveragedTraining;
import dev.lora4j.core.adapter.training.ChangeForm;
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
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Training of MoRA on linear layers: one matrix, which begins at 0 and has about as many numbers as
 * a LoRA of the rank. Alpha is of no meaning.
 *
 * @param type number of the form: 1 shares the matrix between groups of inputs, 6 turns each group
 *     first
 */
@Extension(
    point = TrainableMethod.class,
    name = MoraMethod.NAME,
    help = "MoRA: one square matrix between compressed inputs and outputs")
public record MoraTraining(
    @Setting(
            name = MoraMethod.TYPE,
            help = "1, 2, 3, 4 or 6, the forms of the paper's code; 6 for small ranks, 1 for large",
            defaultValue = "6",
            min = 1,
            max = 6)
        int type)
    implements AdditiveTraining, AveragedTraining {
  /** Checks the number. */
  public MoraTraining {
    if (MoraForm.of(type).isEmpty()) {
      throw new IllegalArgumentException(
          MoraMethod.TYPE + " is 1, 2, 3, 4 or 6, found " + type + ".");
    }
  }

  private MoraForm form() {
    return MoraForm.of(type).orElseThrow();
  }

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
    long size = form().size(recipe.rank(), site.in(), site.out());
    if (!form().fits(size, site.in(), site.out())) {
      throw new IllegalArgumentException(
          "MoRA's matrix of the rank "
              + recipe.rank()
              + " has "
              + size
              + " rows at "
              + site.name()
              + " "
              + site.weight()
              + ", too many for its type "
              + type
              + "; take a lower rank.");
    }
    return List.of(TrainedTensor.of(MoraMethod.MATRIX, Shape.of(size, size), TensorInit.ZEROS));
  }

  @Override
  public double scale(Site site, SiteRecipe recipe) {
    return 1;
  }

  @Override
  public Expr delta(Site site, TrainedFactors factors) {
    Expr change = product(site, factors).delta(factors.get(MoraMethod.MATRIX));
    return change.mul(factors.scale().reshape(new long[0]));
  }

  @Override
  public Expr unmerged(Site site, Expr x, TrainedFactors factors) {
    Expr matrix = factors.get(MoraMethod.MATRIX, x.dtype());
    Expr y = product(site, factors).linear(factors.dropout().input(x), matrix);
    return y.mul(factors.scale().to(x.dtype()).reshape(new long[0]));
  }

  private SquareProduct product(Site site, TrainedFactors factors) {
    return SquareProduct.of(site, form(), factors.get(MoraMethod.MATRIX));
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    Map<String, String> settings =
        Map.of(
            MoraMethod.TYPE, Integer.toString(type),
            MoraMethod.RANK, Long.toString(recipe.rank()));
    return List.of(Factors.of(name(), values, settings));
  }

  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    Factors square = found.get(0);
    boolean mine =
        found.size() == 1
            && square.method().equals(name())
            && square.structure().number(MoraMethod.TYPE) == type;
    if (!mine) {
      return Optional.empty();
    }
    long rank = Methods.named(name()).chosenRank(square.structure()).orElseThrow();
    return Optional.of(WarmStartFactors.of(SiteRecipe.of(square, rank), square.tensors()));
  }
}
