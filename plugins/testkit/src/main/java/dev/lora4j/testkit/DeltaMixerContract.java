package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.lowrank.Comparison;
import dev.lora4j.core.lowrank.LowRankAlgebra;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.DeltaMixing;
import dev.lora4j.core.mixer.DeltaSurvey;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.MixerRequirement;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.spi.Extensions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Contract of {@link DeltaMixer}. Methods to override describe particular mixers: how many adapters
 * it takes, with which settings it leaves a single one as it is, and whether the order of the
 * adapters matters.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class DeltaMixerContract extends ExtensionContract<Mixer> {
  private static final double CLOSE = 1e-5;

  private Optional<Engine> opened = Optional.empty();

  /** Tests a mixer on the class path, see {@link ExtensionContract}. */
  protected DeltaMixerContract(String request) {
    super(Mixer.class, request);
  }

  /** Number of adapters in the tests. */
  protected int adapters() {
    return 3;
  }

  /** The request with which a single adapter of weight 1 comes back as it is. */
  protected String neutral() {
    return info().name();
  }

  /** True if it takes a single adapter. */
  protected boolean takesOne() {
    return true;
  }

  /** True if the adapters may come in any order. */
  protected boolean commutes() {
    return true;
  }

  @BeforeAll
  void open() {
    opened = Optional.of(Engine.open(EngineOptions.DEFAULT.threads(1)));
  }

  @AfterAll
  void close() {
    engine().close();
  }

  private Engine engine() {
    return opened.orElseThrow();
  }

  private DeltaMixer mixer(String request) {
    return (DeltaMixer) Extensions.installed().make(Mixer.class, request);
  }

  private DeltaMixer mixer() {
    return (DeltaMixer) extension();
  }

  private Adapter mix(DeltaMixer mixer, MixPlan plan) {
    return mix(mixer, plan, SyntheticAdapters.sites());
  }

  private Adapter mix(DeltaMixer mixer, MixPlan plan, Map<String, Site> sites) {
    try (Scope scope = engine().scope("contract")) {
      return new DeltaMixing(scope, sites).seed(7).uncut().mix("mixed", mixer, plan).adapter();
    }
  }

  /** Adapters that have what the mixer needs. */
  private SyntheticAdapters madeUp(long seed) {
    SyntheticAdapters all = new SyntheticAdapters(seed);
    return mixer().needs() == MixerRequirement.CHANGES ? all : all.plain();
  }

  private MixPlan plan(long seed) {
    SyntheticAdapters adapters = madeUp(seed);
    MixPlan plan = MixPlan.NONE;
    for (int i = 0; i < adapters(); i++) {
      plan = plan.with(adapters.next("adapter " + i), 0.5 + 0.3 * i);
    }
    return plan;
  }

  /** Distance of two adapters, as a share of the first. */
  private double distance(Adapter a, Adapter b) {
    return distance(a, b, SyntheticAdapters.sites());
  }

  private double distance(Adapter a, Adapter b, Map<String, Site> sites) {
    try (Scope scope = engine().scope("distance")) {
      Comparison all = new LowRankAlgebra(scope, sites).compare(a, b);
      return all.total().distance() / all.total().normA();
    }
  }

  @Test
  void aSingleAdapterComesBack() {
    if (takesOne()) {
      Adapter one = madeUp(1).next("one");
      double distance = distance(one, mix(mixer(neutral()), MixPlan.of(one, 1)));
      assertTrue(distance < CLOSE, "what comes back is " + distance + " of it away");
    }
  }

  @Test
  void theSameGivesTheSameBits() throws Exception {
    MixPlan plan = plan(3);
    DeltaMixer mixer = mixer();
    ManyThreads.agree(() -> mix(mixer, plan).identity());
    assertEquals(mix(mixer(), plan).identity(), mix(mixer(), plan).identity());
  }

  @Test
  void theOrderOfAdaptersDoesNotMatter() {
    if (commutes()) {
      List<MixPlan.Part> parts = new ArrayList<>(plan(4).parts());
      MixPlan backwards = MixPlan.NONE;
      for (int i = parts.size() - 1; i >= 0; i--) {
        backwards = backwards.with(parts.get(i));
      }
      double distance = distance(mix(mixer(), plan(4)), mix(mixer(), backwards));
      assertTrue(distance < CLOSE, "in another order the result is " + distance + " away");
    }
  }

  /** Requires of a row-wise mixer that it mixes blocks of rows of a large weight as the whole. */
  @Test
  void rowwiseMixerMixesBlocksAsTheWhole() {
    DeltaMixer mixer = mixer();
    if (mixer.rowwise()) {
      SyntheticAdapters adapters = new SyntheticAdapters(8).plain();
      Map<String, Site> sites = Map.of(SyntheticAdapters.LARGE.name(), SyntheticAdapters.LARGE);
      MixPlan plan = MixPlan.NONE;
      for (int i = 0; i < adapters(); i++) {
        Adapter next = adapters.next("adapter " + i, List.of(SyntheticAdapters.LARGE), 2, 1);
        plan = plan.with(next, 0.5 + 0.3 * i);
      }
      double distance =
          distance(mix(new AtOnce(mixer), plan, sites), mix(mixer, plan, sites), sites);
      assertTrue(distance < CLOSE, "in blocks the result is " + distance + " away");
    }
  }

  /** The same mixer, but each weight is mixed as a whole. */
  private record AtOnce(DeltaMixer mixer) implements DeltaMixer {
    @Override
    public Optional<String> refuses(List<String> names) {
      return mixer.refuses(names);
    }

    @Override
    public MixerRequirement needs() {
      return mixer.needs();
    }

    @Override
    public double[] survey(DeltaSurvey survey) {
      return mixer.survey(survey);
    }

    @Override
    public MixedDelta mix(SiteDeltas deltas) {
      return mixer.mix(deltas);
    }
  }

  @Test
  void anyPlanIsMixedOrRefusedByName() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 12; i++) {
      SyntheticAdapters adapters = madeUp(random.nextLong());
      MixPlan plan = MixPlan.NONE;
      for (int j = 0; j < adapters(); j++) {
        plan = plan.with(adapters.any("adapter " + j), 0.3 + random.nextInt(4) * 0.7 - 1.4);
      }
      mixed(plan);
    }
  }

  /** The engine refuses numbers that are not finite, so that none of them come back from it. */
  private void mixed(MixPlan plan) {
    List<String> names = plan.adapters().stream().map(Adapter::name).toList();
    if (mixer().refuses(names).isEmpty()) {
      try {
        assertFalse(mix(mixer(), plan).sites().isEmpty());
      } catch (AdapterException e) {
        // A mixer refuses what it does not support while it surveys the adapters.
        if (!(e.getCause() instanceof IllegalArgumentException said)) {
          throw e;
        }
        assertFalse(String.valueOf(said.getMessage()).isBlank(), "refused without a reason");
      }
    } else {
      assertFalse(mixer().refuses(names).get().isBlank(), "refused without a reason");
    }
  }

  @Test
  void mixingLeavesNoNativeMemory() {
    mix(mixer(), plan(6));
    long before = engine().live();
    mix(mixer(), plan(6));
    assertEquals(before, engine().live(), "native handles");
  }
}
