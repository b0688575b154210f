package dev.lora4j.testkit;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.training.AdditiveTraining;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.ProductTraining;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TensorInit;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The training of {@link PairMethod}, which keeps its contract; others break it. */
class PairTraining implements AdditiveTraining, ProductTraining {
  /** The training itself. */
  @Extension(point = TrainableMethod.class, name = "test-pair", help = "trains two factors")
  public static final class Good extends PairTraining {
    /** For the host. */
    public Good() {
      super("test-pair");
    }
  }

  /** Part that the input meets first. */
  static final String IN = "in";

  /** Part that gives the output. */
  static final String OUT = "out";

  private static final String STORED = "test-pair";

  private final String name;

  PairTraining(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
  }

  @Override
  public Set<DropoutKind> dropouts() {
    return Set.of(DropoutKind.INPUT, DropoutKind.MODULE);
  }

  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    return List.of(
        TrainedTensor.ranked(IN, LowRank.down(site, recipe.rank()), 0, new TensorInit.Kaiming()),
        TrainedTensor.ranked(OUT, LowRank.up(site, recipe.rank()), 1, TensorInit.ZEROS));
  }

  @Override
  public double scale(Site site, SiteRecipe recipe) {
    return recipe.scale();
  }

  private static LowRank pair(TrainedFactors factors) {
    return new LowRank(factors.get(IN), factors.get(OUT));
  }

  @Override
  public Expr delta(Site site, TrainedFactors factors) {
    return pair(factors).product(site).mul(factors.scale().reshape(new long[0]));
  }

  @Override
  public Expr norm(Site site, TrainedFactors factors) {
    return pair(factors).product(site).norm();
  }

  @Override
  public Expr unmerged(Site site, Expr x, TrainedFactors factors) {
    TrainedFactors own = factors.in(x.dtype());
    Expr scale = own.scale().reshape(new long[0]);
    return pair(own).unmerged(site, factors.dropout().input(x), inner -> inner.mul(scale));
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    return List.of(
        Factors.of(
            STORED,
            Map.of(PairMethod.in(STORED), values.get(IN), PairMethod.out(STORED), values.get(OUT)),
            Map.of(
                AdapterMethod.ALPHA, Double.toString((float) recipe.storedAlpha(recipe.rank())))));
  }
}
