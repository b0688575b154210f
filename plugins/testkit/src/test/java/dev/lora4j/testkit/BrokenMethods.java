package dev.lora4j.testkit;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Methods that break their contract, each in one way. */
final class BrokenMethods {
  private BrokenMethods() {}

  /** Takes what is not its own. */
  @Extension(point = AdapterMethod.class, name = "test-greedy", help = "recognises others' tensors")
  public static final class Greedy extends PairMethod {
    /** For the host. */
    public Greedy() {
      super("test-greedy");
    }

    @Override
    public boolean recognises(SiteTensors tensors) {
      return super.recognises(tensors) || tensors.has("of_somebody_else.weight");
    }
  }

  /** Uses up all that is there. */
  @Extension(point = AdapterMethod.class, name = "test-grabbing", help = "takes every tensor")
  public static final class Grabbing extends PairMethod {
    /** For the host. */
    public Grabbing() {
      super("test-grabbing");
    }

    @Override
    public Factors read(SiteTensors all) {
      all.roles().forEach(all::tensor);
      return super.read(all);
    }
  }

  /** Puts zeros in the place of what is missing. */
  @Extension(point = AdapterMethod.class, name = "test-lenient", help = "does without a factor")
  public static final class Lenient extends PairMethod {
    /** For the host. */
    public Lenient() {
      super("test-lenient");
    }

    @Override
    public Factors read(SiteTensors all) {
      if (all.has(in()) && !all.has(out())) {
        Shape shape = LowRank.up(all.site(), all.size(in(), 0));
        float[] zeros = new float[Math.toIntExact(shape.elements())];
        all.add(out(), out(), HostTensor.of(shape, zeros));
      }
      return super.read(all);
    }
  }

  /** Compares no shapes. */
  @Extension(point = AdapterMethod.class, name = "test-shapeless", help = "takes any shape")
  public static final class Shapeless extends PairMethod {
    /** For the host. */
    public Shapeless() {
      super("test-shapeless");
    }

    @Override
    public Factors read(SiteTensors all) {
      Map<String, HostTensor> tensors = Map.of(in(), all.tensor(in()), out(), all.tensor(out()));
      double alpha = all.number(ALPHA).orElse(1.0);
      if (!Double.isFinite(alpha)) {
        throw all.wrong(ALPHA, "a finite number");
      }
      return Factors.of(name(), tensors, Map.of(ALPHA, Double.toString(alpha)));
    }
  }

  /** Takes any alpha. */
  @Extension(point = AdapterMethod.class, name = "test-unbounded", help = "takes any number")
  public static final class Unbounded extends PairMethod {
    /** For the host. */
    public Unbounded() {
      super("test-unbounded");
    }

    @Override
    public Factors read(SiteTensors all) {
      double alpha = all.number(ALPHA).orElse(1.0);
      Factors factors = super.read(all.without(List.of(ALPHA)));
      return Factors.of(name(), factors.tensors(), Map.of(ALPHA, Double.toString(alpha)));
    }
  }

  /** Writes no scale. */
  @Extension(point = AdapterMethod.class, name = "test-forgetful", help = "writes no alpha")
  public static final class Forgetful extends PairMethod {
    /** For the host. */
    public Forgetful() {
      super("test-forgetful");
    }

    @Override
    public SortedMap<String, HostTensor> write(Factors factors) {
      return new TreeMap<>(factors.tensors());
    }
  }

  /** Has its say at any strength. */
  @Extension(point = AdapterMethod.class, name = "test-stubborn", help = "has an effect at 0")
  public static final class Stubborn extends ScalingMethod {
    /** For the host. */
    public Stubborn() {
      super("test-stubborn");
    }

    @Override
    public Expr transform(Site site, Expr weight, StagedFactors factors, Expr strength) {
      return super.transform(site, weight, factors, strength.mul(0.5).add(0.5));
    }
  }

  /** Looks at one of its tensors alone. */
  @Extension(point = AdapterMethod.class, name = "test-one-eyed", help = "overlooks a tensor")
  public static final class OneEyed extends PairMethod {
    /** For the host. */
    public OneEyed() {
      super("test-one-eyed");
    }

    @Override
    public LowRank lowRank(Site site, StagedFactors factors) {
      return new LowRank(factors.get(in()), factors.get(out()).mul(0).add(1));
    }
  }

  /** Is another at each call. */
  @Extension(point = AdapterMethod.class, name = "test-wavering", help = "is never the same")
  public static final class Wavering extends PairMethod {
    private final AtomicInteger calls = new AtomicInteger();

    /** For the host. */
    public Wavering() {
      super("test-wavering");
    }

    @Override
    public LowRank lowRank(Site site, StagedFactors factors) {
      // Too little to be seen by who compares numbers.
      double more = 1 + 1e-6 * (calls.incrementAndGet() % 3);
      return new LowRank(factors.get(in()), factors.get(out()).mul(more));
    }
  }

  /** Knows the rank in its programs. */
  @Extension(point = AdapterMethod.class, name = "test-narrow", help = "a program for each rank")
  public static final class Narrow extends PairMethod {
    /** For the host. */
    public Narrow() {
      super("test-narrow");
    }

    @Override
    public FactorStructure form(FactorStructure factors) {
      return factors;
    }
  }

  /** Tells another rank than was chosen. */
  @Extension(point = AdapterMethod.class, name = "test-boasting", help = "tells twice its rank")
  public static final class Boasting extends PairMethod {
    /** For the host. */
    public Boasting() {
      super("test-boasting");
    }

    @Override
    public OptionalLong chosenRank(FactorStructure factors) {
      return OptionalLong.of(2 * factors.shape(in()).size(0));
    }
  }

  /** Adds something else to the output than to the weight. */
  @Extension(point = AdapterMethod.class, name = "test-aside", help = "is another beside")
  public static final class Aside extends PairMethod {
    /** For the host. */
    public Aside() {
      super("test-aside");
    }

    @Override
    public Expr unmerged(Site site, Expr x, StagedFactors factors) {
      return super.unmerged(site, x, factors).mul(1.001);
    }
  }

  /** Has a low-rank form of something else. */
  @Extension(point = AdapterMethod.class, name = "test-distorted", help = "its product is another")
  public static final class Distorted extends PairMethod {
    /** For the host. */
    public Distorted() {
      super("test-distorted");
    }

    @Override
    public Expr delta(Site site, StagedFactors factors) {
      return super.delta(site, factors).abs();
    }
  }

  /** Gives each part the rows of the first. */
  @Extension(point = AdapterMethod.class, name = "test-misdealing", help = "deals out wrong rows")
  public static final class Misdealing extends PairMethod {
    /** For the host. */
    public Misdealing() {
      super("test-misdealing");
    }

    @Override
    public Factors rows(Site whole, Factors factors, RowSlice share) {
      RowSlice.Range first = new RowSlice.Range(0, share.count());
      return super.rows(whole, factors, new RowSlice(List.of(first), share.all()));
    }
  }
}
