package dev.lora4j.core.adapter.gralora;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
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
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Training of GraLoRA on linear layers, which begins as in PEFT: what the input meets first is
 * uniform, what gives the output is 0. It trains as many numbers as a LoRA of its ranks together.
 *
 * @param blocks how many blocks the inputs and the outputs have each
 * @param whole rank of the LoRA beside them; 0 for none
 */
@Extension(
    point = TrainableMethod.class,
    name = GraloraMethod.NAME,
    help = "GraLoRA: a LoRA for each block of the weight")
public record GraloraTraining(
    @Setting(
            name = "k",
            help = "Blocks of the inputs and of the outputs",
            defaultValue = "2",
            min = 1)
        int blocks,
    @Setting(
            name = "hybrid_r",
            help = "Rank of a LoRA beside them; 0 for none",
            defaultValue = "0",
            min = 0)
        int whole)
    implements AdditiveTraining {
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
    long rank = recipe.rank();
    require(rank, "the rank", site);
    require(site.in(), "the inputs", site);
    require(site.out(), "the outputs", site);
    long in = site.in() / blocks;
    Shape a = Shape.of(blocks, in, rank);
    Shape b = Shape.of(blocks, rank, site.out() / blocks);
    TensorInit random = new TensorInit.Uniform(1 / Math.sqrt((double) in));
    List<TrainedTensor> tensors = new ArrayList<>();
    tensors.add(TrainedTensor.ranked(GraloraMethod.A, a, 2, random));
    tensors.add(TrainedTensor.ranked(GraloraMethod.B, b, 1, TensorInit.ZEROS));
    if (whole > 0) {
      Shape down = Shape.of(whole, site.in());
      Shape up = Shape.of(site.out(), whole);
      tensors.add(TrainedTensor.ranked(GraloraMethod.WHOLE_A, down, 0, new TensorInit.Kaiming()));
      tensors.add(TrainedTensor.ranked(GraloraMethod.WHOLE_B, up, 1, TensorInit.ZEROS));
    }
    return tensors;
  }

  private void require(long size, String what, Site site) {
    if (size % blocks != 0) {
      throw new IllegalArgumentException(
          "GraLoRA divides "
              + what
              + " of each layer by k = "
              + blocks
              + ", which does not divide the "
              + size
              + " of "
              + site.name()
              + " "
              + site.weight());
    }
  }

  /** The recipe with the ranks together, by which alpha is divided. */
  private SiteRecipe together(SiteRecipe recipe) {
    return new SiteRecipe(
        recipe.rank() + whole, recipe.alpha(), recipe.rankStabilised(), recipe.start());
  }

  @Override
  public double scale(Site site, SiteRecipe recipe) {
    return together(recipe).scale();
  }

  @Override
  public Expr delta(Site site, TrainedFactors factors) {
    Expr change = Methods.additive(name()).delta(site, factors.staged(name()));
    return change.mul(factors.scale().reshape(new long[0]));
  }

  @Override
  public Expr unmerged(Site site, Expr x, TrainedFactors factors) {
    Expr seen = factors.dropout().input(x);
    Expr y = Methods.additive(name()).unmerged(site, seen, factors.in(x.dtype()).staged(name()));
    return y.mul(factors.scale().to(x.dtype()).reshape(new long[0]));
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    SiteRecipe all = together(recipe);
    String alpha = Double.toString((float) all.storedAlpha(all.rank()));
    return List.of(Factors.of(name(), values, Map.of(AdapterMethod.ALPHA, alpha)));
  }

  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    Factors all = found.get(0);
    boolean mine =
        found.size() == 1
            && all.method().equals(name())
            && all.tensor(GraloraMethod.A).shape().size(0) == blocks
            && rank(all, GraloraMethod.WHOLE_A) == whole;
    if (!mine) {
      return Optional.empty();
    }
    long rank = all.tensor(GraloraMethod.A).shape().size(2);
    return Optional.of(WarmStartFactors.of(SiteRecipe.of(all, rank), all.tensors()));
  }

  private static long rank(Factors factors, String role) {
    return Optional.ofNullable(factors.tensors().get(role)).map(t -> t.shape().size(0)).orElse(0L);
  }
}
