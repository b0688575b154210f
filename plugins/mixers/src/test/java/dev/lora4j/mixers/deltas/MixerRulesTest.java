package dev.lora4j.mixers.deltas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.DeltaMixing;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.spi.Extensions;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What holds for every mixer of this kind. */
class MixerRulesTest {
  private static Engine engine;
  private static Scope scope;

  /** Each mixer as it changes nothing, and as it does its work. */
  enum Case {
    LINEAR("linear", "linear"),
    SVD("svd:rank=9", "svd:rank=2"),
    TIES("ties:density=1", "ties"),
    TIES_PEFT("ties:density=1", "ties:trim=tensor,election=plain_sum,divide=count,density=0.4"),
    TIES_MERGEKIT(
        "ties:density=1,divide=weights", "ties:trim=tensor,election=count,divide=weights"),
    DARE_LINEAR("dare-linear:density=1", "dare-linear"),
    DARE_L1("dare-linear:density=1", "dare-linear:rescale=l1,density=0.3"),
    DARE_TIES("dare-ties:density=1", "dare-ties"),
    TASK_ARITHMETIC("task-arithmetic:normalise=true", "task-arithmetic:lambda=-0.3"),
    MAGNITUDE_PRUNE("magnitude-prune:density=1", "magnitude-prune"),
    MAGNITUDE_PRUNE_MODEL("magnitude-prune:density=1", "magnitude-prune:trim=model,density=0.2"),
    BREADCRUMBS_LINEAR("breadcrumbs-linear:density=1", "breadcrumbs-linear:gamma=0.1"),
    BREADCRUMBS_TIES("breadcrumbs-ties:density=1", "breadcrumbs-ties:density=0.3"),
    DELLA_LINEAR("della-linear:density=1", "della-linear"),
    DELLA_L1("della-linear:density=1", "della-linear:rescale=l1,epsilon=0.3"),
    DELLA_TIES("della-ties:density=1", "della-ties"),
    MODEL_STOCK("model-stock", "model-stock"),
    SLERP("slerp", "slerp"),
    SLERP_PLACE("slerp", "slerp:t=0.5"),
    KARCHER("karcher", "karcher"),
    LEGO("lego", "lego:rank=2"),
    KNOTS("knots:density=1", "knots"),
    KNOTS_DARE("knots:rule=dare_ties,density=1", "knots:rule=dare_ties,density=0.5"),
    KNOTS_MEAN("knots:rule=mean,density=1", "knots:rule=mean,density=0.6");

    final String neutral;
    final String working;

    Case(String neutral, String working) {
      this.neutral = neutral;
      this.working = working;
    }
  }

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
    scope = engine.scope("mixers");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  static DeltaMixer mixer(String text) {
    return (DeltaMixer) Extensions.installed().make(Mixer.class, text);
  }

  private static Adapter mixed(String mixer, long seed, MixPlan plan) {
    return new DeltaMixing(scope, Samples.SITES)
        .seed(seed)
        .mix("mixed", mixer(mixer), plan)
        .adapter();
  }

  @Test
  void everyMixerHasARow() {
    Set<String> installed =
        Extensions.installed().list(Mixer.class).stream()
            .map(i -> i.info().name())
            .filter(name -> Extensions.installed().make(Mixer.class, name) instanceof DeltaMixer)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> rows =
        Arrays.stream(Case.values())
            .flatMap(c -> Stream.of(c.neutral, c.working))
            .map(text -> text.replaceFirst(":.*", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(installed, rows);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"MODEL_STOCK", "SLERP", "SLERP_PLACE"})
  void oneAdapterOfWeightOneComesBack(Case one) {
    Adapter a = new Samples(1).next("a");
    assertTrue(Samples.apart(a, mixed(one.neutral, 0, MixPlan.of(a, 1))) < 2e-5);
  }

  @ParameterizedTest
  @EnumSource
  void adapterOfWeightZeroHasNoEffect(Case one) {
    Samples samples = new Samples(2);
    Adapter a = samples.next("a");
    Adapter b = samples.next("b");
    Adapter none = samples.next("none");
    MixPlan plan = MixPlan.of(a, 0.8).with(b, 0.5);
    MixPlan more = MixPlan.of(none, 0).with(a, 0.8).with(none, 0).with(b, 0.5);
    assertEquals(mixed(one.working, 3, plan).identity(), mixed(one.working, 3, more).identity());
  }

  @ParameterizedTest
  @EnumSource
  void theSameSeedGivesTheSameBits(Case one) {
    Samples samples = new Samples(4);
    MixPlan plan = MixPlan.of(samples.next("a"), 0.7).with(samples.next("b"), 0.6);
    Adapter first = mixed(one.working, 5, plan);
    assertEquals(first.identity(), mixed(one.working, 5, plan).identity());
    boolean random = one.working.contains("dare") || one.working.startsWith("della");
    String other = mixed(one.working, 6, plan).identity();
    if (random) {
      assertNotEquals(first.identity(), other);
    } else {
      assertEquals(first.identity(), other);
    }
  }

  @ParameterizedTest
  @EnumSource
  void orderOfAdaptersHasNoEffect(Case one) {
    Samples samples = new Samples(7);
    Adapter a = samples.next("a");
    Adapter b = samples.next("b");
    Adapter ab = mixed(one.working, 1, MixPlan.of(a, 0.7).with(b, 0.9));
    Adapter ba = mixed(one.working, 1, MixPlan.of(b, 0.9).with(a, 0.7));
    assertTrue(Samples.apart(ab, ba) < 2e-5);
  }
}
