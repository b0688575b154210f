package dev.lora4j.testkit;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
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
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Trainings that break their contract, each in one way. */
final class BrokenTrainings {
  private BrokenTrainings() {}

  /** Gives its tensors in the order of the day. */
  @Extension(point = TrainableMethod.class, name = "test-unordered", help = "turns its list round")
  public static final class Unordered extends PairTraining {
    private final AtomicInteger calls = new AtomicInteger();

    /** For the host. */
    public Unordered() {
      super("test-unordered");
    }

    @Override
    public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
      List<TrainedTensor> tensors = new ArrayList<>(super.tensors(site, recipe));
      if (calls.incrementAndGet() % 4 == 0) {
        Collections.reverse(tensors);
      }
      return tensors;
    }
  }

  /** Makes a program for each rank. */
  @Extension(point = TrainableMethod.class, name = "test-ranked", help = "knows its rank")
  public static final class Ranked extends PairTraining {
    /** For the host. */
    public Ranked() {
      super("test-ranked");
    }

    @Override
    public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
      return super.tensors(site, recipe).stream()
          .map(t -> TrainedTensor.of(t.part(), t.shape(), t.start()))
          .toList();
    }
  }

  /** Begins elsewhere than at the base. */
  @Extension(point = TrainableMethod.class, name = "test-jumping", help = "begins with an effect")
  public static final class Jumping extends PairTraining {
    /** For the host. */
    public Jumping() {
      super("test-jumping");
    }

    @Override
    public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
      return List.of(
          super.tensors(site, recipe).get(0),
          TrainedTensor.ranked(
              OUT, LowRank.up(site, recipe.rank()), 1, new TensorInit.Constant(0.1)));
    }
  }

  /** Lets no gradient through but that of one step back. */
  @Extension(point = TrainableMethod.class, name = "test-standing", help = "learns nothing")
  public static final class Standing extends PairTraining {
    /** For the host. */
    public Standing() {
      super("test-standing");
    }

    @Override
    public Expr apply(SiteLayer layer, Expr x, TrainedFactors factors) {
      Expr y = super.apply(layer, x, factors);
      return layer.output(x).add(y.sub(y.detach()));
    }

    @Override
    public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
      Factors all = super.factors(site, recipe, values).get(0);
      // As little as it showed while it was trained.
      Map<String, String> settings = Map.of(AdapterMethod.ALPHA, Double.toString(1e-30f));
      return List.of(new Factors(all.method(), all.tensors(), new TreeMap<>(settings)));
    }
  }

  /** Trains one of its tensors alone. */
  @Extension(point = TrainableMethod.class, name = "test-half-frozen", help = "freezes a factor")
  public static final class HalfFrozen extends PairTraining {
    /** For the host. */
    public HalfFrozen() {
      super("test-half-frozen");
    }

    /** The same with a gradient of 0. */
    private static Expr still(Expr factor) {
      return factor.detach().add(factor.mul(0));
    }

    @Override
    public Expr unmerged(Site site, Expr x, TrainedFactors factors) {
      Map<String, Expr> parts = Map.of(IN, still(factors.get(IN)), OUT, factors.get(OUT));
      return super.unmerged(site, x, new TrainedFactors(parts, factors.scale(), factors.dropout()));
    }
  }

  /** Stores another scale than it trained with. */
  @Extension(point = TrainableMethod.class, name = "test-misstoring", help = "stores another scale")
  public static final class Misstoring extends PairTraining {
    /** For the host. */
    public Misstoring() {
      super("test-misstoring");
    }

    @Override
    public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
      SiteRecipe other = new SiteRecipe(recipe.rank(), 2 * recipe.alpha(), false, recipe.start());
      return super.factors(site, other, values);
    }
  }

  /** Stores a number that no file holds. */
  @Extension(
      point = TrainableMethod.class,
      name = "test-overexact",
      help = "stores too many digits")
  public static final class OverExact extends PairTraining {
    /** For the host. */
    public OverExact() {
      super("test-overexact");
    }

    @Override
    public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
      Factors all = super.factors(site, recipe, values).get(0);
      Map<String, String> settings =
          Map.of(AdapterMethod.ALPHA, Double.toString(recipe.storedAlpha(recipe.rank()) + 1e-12));
      return List.of(new Factors(all.method(), all.tensors(), new TreeMap<>(settings)));
    }
  }

  /** Is another at each call. */
  @Extension(point = TrainableMethod.class, name = "test-drifting", help = "is never the same")
  public static final class Drifting extends PairTraining {
    private static final AtomicInteger CALLS = new AtomicInteger();

    /** For the host. */
    public Drifting() {
      super("test-drifting");
    }

    @Override
    public Expr unmerged(Site site, Expr x, TrainedFactors factors) {
      double more = 1 + 1e-6 * CALLS.incrementAndGet();
      return super.unmerged(site, x, factors).mul(more);
    }
  }

  /** Goes on with another scale than it stored. */
  @Extension(point = TrainableMethod.class, name = "test-mistaken", help = "goes on elsewhere")
  public static final class Mistaken extends PairTraining {
    /** For the host. */
    public Mistaken() {
      super("test-mistaken");
    }

    @Override
    public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
      Map<String, HostTensor> values = new TreeMap<>();
      values.put(IN, found.get(0).tensor(PairMethod.in("test-pair")));
      values.put(OUT, found.get(0).tensor(PairMethod.out("test-pair")));
      int rank = Math.toIntExact(values.get(IN).shape().size(0));
      return Optional.of(
          WarmStartFactors.of(new SiteRecipe(rank, 7, false, FactorInit.KAIMING), values));
    }
  }

  /** Takes its factors for shorter than they are. */
  @Extension(point = TrainableMethod.class, name = "test-modest", help = "tells half of its norm")
  public static final class Modest extends PairTraining {
    /** For the host. */
    public Modest() {
      super("test-modest");
    }

    @Override
    public Expr norm(Site site, TrainedFactors factors) {
      return super.norm(site, factors).mul(0.5);
    }
  }

  /** Names a dropout that it has no meaning for. */
  @Extension(point = TrainableMethod.class, name = "test-promising", help = "drops nothing")
  public static final class Promising extends PairTraining {
    /** For the host. */
    public Promising() {
      super("test-promising");
    }

    @Override
    public Set<DropoutKind> dropouts() {
      return EnumSet.of(DropoutKind.INPUT, DropoutKind.NETWORK);
    }
  }

  /** Computes in F32 whatever the layer does. */
  @Extension(point = TrainableMethod.class, name = "test-precise", help = "gives F32 always")
  public static final class Precise extends PairTraining {
    /** For the host. */
    public Precise() {
      super("test-precise");
    }

    @Override
    public Expr apply(SiteLayer layer, Expr x, TrainedFactors factors) {
      return super.apply(layer, x, factors).to(DType.F32);
    }
  }
}
