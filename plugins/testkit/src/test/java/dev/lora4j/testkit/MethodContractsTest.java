package dev.lora4j.testkit;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.ia3.Ia3Method;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** Methods that break their contract in one way: the test of that promise fails. */
class MethodContractsTest implements BrokenPromises {
  // Not named as tests are, so that a build does not run them by themselves.
  static final class Lora extends AdapterMethodContract {
    Lora() {
      super(LoraMethod.NAME);
    }

    @Override
    protected Map<String, HostTensor> tensors(Site site, int rank, SplittableRandom random) {
      return Map.of(
          LoraMethod.DOWN, numbers(LowRank.down(site, rank), random),
          LoraMethod.UP, numbers(LowRank.up(site, rank), random),
          AdapterMethod.ALPHA, HostTensor.of(Shape.of(), 1.5f));
    }
  }

  static final class Loha extends AdapterMethodContract {
    Loha() {
      super("loha");
    }

    @Override
    protected Map<String, HostTensor> tensors(Site site, int rank, SplittableRandom random) {
      Shape rows = Shape.of(site.out(), rank);
      Shape columns = Shape.of(rank, site.rest());
      return Map.of(
          "hada_w1_a",
          numbers(rows, random),
          "hada_w1_b",
          numbers(columns, random),
          "hada_w2_a",
          numbers(rows, random),
          "hada_w2_b",
          numbers(columns, random),
          AdapterMethod.ALPHA,
          HostTensor.of(Shape.of(), 1.5f));
    }
  }

  static final class Miss extends AdapterMethodContract {
    Miss() {
      super("miss");
    }

    @Override
    protected Map<String, HostTensor> tensors(Site site, int rank, SplittableRandom random) {
      return Map.of("miss_block", numbers(Shape.of(rank, site.out()), random));
    }
  }

  static final class Vera extends AdapterMethodContract {
    Vera() {
      super("vera");
    }

    @Override
    protected Map<String, HostTensor> tensors(Site site, int rank, SplittableRandom random) {
      return Map.of(
          "vera_A", numbers(Shape.of(rank, site.in()), random),
          "vera_B", numbers(Shape.of(site.out(), rank), random),
          "vera_lambda_b", numbers(Shape.of(site.out()), random),
          "vera_lambda_d", numbers(Shape.of(rank), random));
    }
  }

  static final class Ia3 extends AdapterMethodContract {
    Ia3() {
      super(Ia3Method.NAME);
    }

    @Override
    protected Map<String, HostTensor> tensors(Site site, int rank, SplittableRandom random) {
      return Map.of("ia3_l", numbers(Shape.of(site.out(), 1), random));
    }

    @Override
    protected Map<String, String> settings(Site site) {
      return Map.of(Ia3Method.FEEDFORWARD, "false");
    }
  }

  private abstract static class Pair extends AdapterMethodContract {
    private final String name;

    Pair(String name) {
      super(name);
      this.name = name;
    }

    @Override
    protected Map<String, HostTensor> tensors(Site site, int rank, SplittableRandom random) {
      return PairMethod.tensors(name, site, rank, random);
    }
  }

  private abstract static class Scaling extends AdapterMethodContract {
    private final String name;

    Scaling(String name) {
      super(name);
      this.name = name;
    }

    @Override
    protected Map<String, HostTensor> tensors(Site site, int rank, SplittableRandom random) {
      return ScalingMethod.tensors(name, site, random);
    }
  }

  static final class GoodPair extends Pair {
    GoodPair() {
      super("test-pair");
    }
  }

  static final class GoodScaling extends Scaling {
    GoodScaling() {
      super("test-scaling");
    }
  }

  static final class Greedy extends Pair {
    Greedy() {
      super("test-greedy");
    }
  }

  static final class Grabbing extends Pair {
    Grabbing() {
      super("test-grabbing");
    }
  }

  static final class Lenient extends Pair {
    Lenient() {
      super("test-lenient");
    }
  }

  static final class Shapeless extends Pair {
    Shapeless() {
      super("test-shapeless");
    }
  }

  static final class Unbounded extends Pair {
    Unbounded() {
      super("test-unbounded");
    }
  }

  static final class Forgetful extends Pair {
    Forgetful() {
      super("test-forgetful");
    }
  }

  static final class Stubborn extends Scaling {
    Stubborn() {
      super("test-stubborn");
    }
  }

  static final class OneEyed extends Pair {
    OneEyed() {
      super("test-one-eyed");
    }
  }

  static final class Wavering extends Pair {
    Wavering() {
      super("test-wavering");
    }
  }

  static final class Narrow extends Pair {
    Narrow() {
      super("test-narrow");
    }
  }

  static final class Boasting extends Pair {
    Boasting() {
      super("test-boasting");
    }
  }

  static final class Aside extends Pair {
    Aside() {
      super("test-aside");
    }
  }

  static final class Distorted extends Pair {
    Distorted() {
      super("test-distorted");
    }
  }

  static final class Misdealing extends Pair {
    Misdealing() {
      super("test-misdealing");
    }
  }

  @Override
  public Map<Class<?>, Set<String>> contracts() {
    return Map.<Class<?>, Set<String>>ofEntries(
        Map.entry(Lora.class, Set.of()),
        Map.entry(Loha.class, Set.of()),
        Map.entry(Ia3.class, Set.of()),
        Map.entry(Miss.class, Set.of()),
        Map.entry(Vera.class, Set.of()),
        Map.entry(GoodPair.class, Set.of()),
        Map.entry(GoodScaling.class, Set.of()),
        Map.entry(Greedy.class, Set.of("ownTensorsAloneAreRecognised")),
        Map.entry(Grabbing.class, Set.of("ownTensorsAreTakenAndOthersLeft")),
        Map.entry(Lenient.class, Set.of("missingTensorIsRefusedByName")),
        Map.entry(Shapeless.class, Set.of("aWrongShapeIsRefusedByName")),
        Map.entry(Unbounded.class, Set.of("nonFiniteNumbersAreRefusedByName")),
        Map.entry(Forgetful.class, Set.of("writtenTensorsReadBack", "writtenFileReadsBack")),
        Map.entry(Stubborn.class, Set.of("zeroWeightIsTheBaseToTheBit")),
        Map.entry(OneEyed.class, Set.of("everyTensorHasAnEffect")),
        Map.entry(Wavering.class, Set.of("theSameGivesTheSameBits")),
        Map.entry(Narrow.class, Set.of("oneProgramServesAllRanks")),
        Map.entry(Boasting.class, Set.of("theRankIsTheOneThatWasChosen")),
        Map.entry(Aside.class, Set.of("mergedEqualsUnmerged")),
        Map.entry(Distorted.class, Set.of("theLowRankFormIsTheDelta")),
        Map.entry(Misdealing.class, Set.of("rowSlicesMatchTheWholeOrAreRefused")));
  }
}
