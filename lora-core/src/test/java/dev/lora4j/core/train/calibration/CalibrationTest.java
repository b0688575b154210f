package dev.lora4j.core.train.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.training.CalibrationSettings;
import dev.lora4j.core.adapter.training.CordaMode;
import dev.lora4j.core.adapter.training.EvaSettings;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.run.AdapterStep;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.InterruptibleTask;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainedAdapter;
import dev.lora4j.core.train.run.TrainingFailure;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.core.train.run.TrainingLoop;
import dev.lora4j.core.train.run.TrainingSettings;
import dev.lora4j.core.train.schedule.Constant;
import dev.lora4j.core.train.schedule.RateSchedule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calibration as a part of a run. */
class CalibrationTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("calibration");
  private static final TrainingSettings SETTINGS =
      TrainingSettings.of(AdamW.DEFAULT, 0.02, RateSchedule.of(new Constant(), 6))
          .withStored(DType.F32);

  @TempDir Path folder;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** The decisions that the data may make. */
  enum Case {
    ENERGY(GoldenNet.recipe().calibration(energy(4))),
    EVA(GoldenNet.recipe().start(FactorInit.EVA)),
    LORA_GA(
        GoldenNet.recipe()
            .start(FactorInit.LORA_GA)
            .calibration(CalibrationSettings.DEFAULT.batches(3))),
    CORDA(
        GoldenNet.recipe()
            .start(FactorInit.CORDA)
            .calibration(CalibrationSettings.DEFAULT.batches(3))),
    ENERGY_AND_CORDA(
        GoldenNet.recipe().start(FactorInit.CORDA).calibration(energy(3).with(CordaMode.KPM))),
    ENERGY_AND_LORA_GA(GoldenNet.recipe().start(FactorInit.LORA_GA).calibration(energy(3))),
    ENERGY_AND_PISSA(GoldenNet.recipe().start(FactorInit.PISSA).calibration(energy(3)));

    @SuppressWarnings("ImmutableEnumChecker") // Nothing changes a recipe.
    private final AdapterRecipe recipe;

    Case(AdapterRecipe recipe) {
      this.recipe = recipe;
    }
  }

  private static CalibrationSettings energy(int batches) {
    return CalibrationSettings.DEFAULT.byEnergy().batches(batches);
  }

  /** Keeps what it is told; may interrupt. */
  private static class Heard implements RunListener {
    final List<String> notes = new ArrayList<>();
    final List<Integer> batches = new ArrayList<>();
    private final int interruptAt;

    Heard(int interruptAt) {
      this.interruptAt = interruptAt;
    }

    @Override
    public void step(Step done) {
      if (done.step() + 100 == interruptAt) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void calibrating(int done, int all) {
      batches.add(done);
      if (done == interruptAt) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void calibrated(List<String> told) {
      notes.addAll(told);
    }
  }

  private static TrainedAdapter train(GoldenNet net, CheckpointPolicy keeping, Heard heard) {
    return InterruptibleTask.run(
        sign -> {
          AdapterPlan plan = Calibration.of(SCOPE, net, keeping, sign.telling(heard));
          try (TrainingLoop loop =
              new TrainingLoop(SCOPE, net.planned(plan), SETTINGS, keeping, heard, sign)) {
            return loop.run("toy");
          }
        });
  }

  private static Adapter trained(GoldenNet net, CheckpointPolicy keeping) {
    return train(net, keeping, new Heard(-1)).adapter();
  }

  private CheckpointPolicy kept(boolean resume) {
    return CheckpointPolicy.NOTHING
        .in(folder.resolve("run"))
        .every(2)
        .resume(resume)
        .identity(Map.of("data", "a"));
  }

  @ParameterizedTest
  @EnumSource(Case.class)
  void aResumedRunHasTheSameBitsAndLooksAtNothingAgain(Case of) {
    GoldenNet net = GoldenNet.of(SCOPE, of.recipe);
    TrainedAdapter whole = train(net, CheckpointPolicy.NOTHING, new Heard(-1));
    assertTrue(whole.losses().get(5) < whole.losses().get(0), whole.losses().toString());
    assertThrows(TrainingInterrupted.class, () -> train(net, kept(false), new Heard(103)));
    assertTrue(Thread.interrupted());
    Heard second = new Heard(-1);
    Adapter resumed = train(net, kept(true), second).adapter();
    assertEquals(List.of(), second.batches);
    assertEquals(List.of("Ranks and first factors are those of before."), second.notes);
    assertEquals(whole.adapter().identity(), resumed.identity());
  }

  @ParameterizedTest
  @EnumSource(Case.class)
  void whatIsDecidedDependsOnTheDataAlone(Case of) {
    GoldenNet net = GoldenNet.of(SCOPE, of.recipe);
    String once = trained(net, CheckpointPolicy.NOTHING).identity();
    assertEquals(once, trained(net, CheckpointPolicy.NOTHING).identity());
    assertEquals(once, trained(net.inSegments(), CheckpointPolicy.NOTHING).identity());
  }

  @ParameterizedTest
  @EnumSource(
      value = Case.class,
      names = {"ENERGY", "LORA_GA", "CORDA"})
  void layersInGroupsGetWhatTheyGetTogether(Case of) {
    GoldenNet net = GoldenNet.of(SCOPE, of.recipe);
    Heard heard = new Heard(-1);
    AdapterPlan together = Calibration.of(SCOPE, net, CheckpointPolicy.NOTHING, heard);
    List<Integer> batches = List.copyOf(heard.batches);
    // Two of these weights of 1,024 bytes.
    AdapterPlan apart = Calibration.of(SCOPE, net, CheckpointPolicy.NOTHING, heard, 2048);
    assertTrue(heard.batches.size() > 3 * batches.size(), heard.batches.toString());
    assertEquals(together.sites(), apart.sites());
    assertEquals(identity(net, together), identity(net, apart));
  }

  private static String identity(GoldenNet net, AdapterPlan plan) {
    return InterruptibleTask.run(
        sign -> {
          try (TrainingLoop loop =
              new TrainingLoop(
                  SCOPE,
                  net.planned(plan),
                  SETTINGS,
                  CheckpointPolicy.NOTHING,
                  RunListener.NONE,
                  sign)) {
            return loop.run("toy").adapter().identity();
          }
        });
  }

  @Test
  void aFileThatIsCutOrOfAnotherRunIsNotTaken() throws Exception {
    GoldenNet net = GoldenNet.of(SCOPE, Case.EVA.recipe);
    String whole = trained(net, kept(false)).identity();
    Path file = folder.resolve("run").resolve(CalibrationFile.NAME);
    byte[] bytes = Files.readAllBytes(file);
    for (Path other : listed()) {
      Files.delete(other);
    }
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 5));
    Heard heard = new Heard(-1);
    assertEquals(whole, train(net, kept(true), heard).adapter().identity());
    assertFalse(heard.batches.isEmpty());
    for (Path other : listed()) {
      Files.delete(other);
    }
    Files.write(file, bytes);
    Heard same = new Heard(-1);
    assertEquals(whole, train(net, kept(true), same).adapter().identity());
    assertTrue(same.batches.isEmpty());
    for (Path other : listed()) {
      Files.delete(other);
    }
    Files.write(file, bytes);
    Heard changed = new Heard(-1);
    train(net, kept(true).identity(Map.of("data", "b")), changed);
    assertFalse(changed.batches.isEmpty());
  }

  private List<Path> listed() throws Exception {
    try (Stream<Path> files = Files.list(folder.resolve("run"))) {
      return files.toList();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Case.class,
      names = {"ENERGY", "EVA", "CORDA"})
  void anInterruptStopsIt(Case of) {
    GoldenNet net = GoldenNet.of(SCOPE, of.recipe);
    Heard heard = new Heard(2);
    TrainingInterrupted stopped =
        assertThrows(TrainingInterrupted.class, () -> train(net, kept(false), heard));
    assertTrue(Thread.interrupted());
    assertEquals(0, stopped.steps());
    assertEquals(List.of(0, 1, 2), heard.batches);
    assertFalse(Files.exists(folder.resolve("run").resolve(CalibrationFile.NAME)));
  }

  @ParameterizedTest
  @EnumSource(
      value = Case.class,
      names = {"ENERGY", "EVA", "LORA_GA", "CORDA"})
  void numbersThatAreNotFiniteAreNamed(Case of) {
    GoldenNet net = GoldenNet.of(SCOPE, of.recipe).broken(1);
    String told =
        assertThrows(TrainingFailure.class, () -> trained(net, CheckpointPolicy.NOTHING))
            .getMessage();
    boolean inputs = of == Case.EVA || of == Case.CORDA;
    assertTrue(told.contains(inputs ? "the input of net.q" : "the gradient of net."), told);
    assertTrue(told.contains("rows 1"), told);
  }

  @Test
  void aLayerWithoutAGradientKeepsTheLeastRank() {
    GoldenNet net = GoldenNet.of(SCOPE, GoldenNet.recipe().calibration(energy(2)));
    // Nothing comes through "down", so that it alone gets a gradient.
    GoldenNet cut = net.withZeros("down.weight", SCOPE);
    AdapterPlan plan = Calibration.of(SCOPE, cut, CheckpointPolicy.NOTHING, new Heard(-1));
    Map<String, Long> ranks = ranks(plan);
    assertEquals(8, ranks.get("net.down"));
    assertEquals(1, ranks.get("net.q"));
    assertEquals(1, ranks.get("net.up"));
  }

  private static Map<String, Long> ranks(AdapterPlan plan) {
    Map<String, Long> ranks = new TreeMap<>();
    plan.sites().forEach((site, recipe) -> ranks.put(site.name(), recipe.rank()));
    return ranks;
  }

  @ParameterizedTest
  @EnumSource(
      value = Case.class,
      names = {"ENERGY", "EVA", "LORA_GA"})
  void layersThatNoBatchReachesKeepTheirRank(Case of) {
    List<Site> sites = new ArrayList<>(GoldenNet.sites());
    sites.add(Site.linear("net.unused", Shape.of(16, 16), false));
    sites.add(Site.convolution("net.conv", Shape.of(16, 16, 3, 3), 1, 1));
    GoldenNet net = GoldenNet.of(SCOPE, of.recipe);
    net = net.planned(of.recipe.plan(sites));
    Heard heard = new Heard(-1);
    AdapterPlan plan = Calibration.of(SCOPE, net, CheckpointPolicy.NOTHING, heard);
    assertEquals(4, ranks(plan).get("net.unused"));
    assertEquals(4, ranks(plan).get("net.conv"));
    assertEquals(
        of == Case.EVA, heard.notes.toString().contains("2 layers that are no linear layers"));
  }

  @Test
  void directionsThatDoNotSettleAreToldOf() {
    AdapterRecipe recipe =
        GoldenNet.recipe()
            .start(FactorInit.EVA)
            .calibration(
                CalibrationSettings.DEFAULT.with(new EvaSettings(2, 1, false, true)).batches(3));
    GoldenNet net = GoldenNet.of(SCOPE, recipe);
    Heard heard = new Heard(-1);
    Calibration.of(SCOPE, net, CheckpointPolicy.NOTHING, heard);
    assertEquals(List.of(0L, 1L, 2L), net.asked());
    assertTrue(
        heard.notes.get(0).startsWith("After 3 batches the directions of"), heard.notes::toString);
  }

  @Test
  void batchesWithFewerRowsThanDirectionsAreRefused() {
    AdapterRecipe recipe =
        GoldenNet.recipe()
            .start(FactorInit.EVA)
            .calibration(CalibrationSettings.DEFAULT.batches(2));
    GoldenNet net = GoldenNet.of(SCOPE, recipe).rows(3);
    String told =
        assertThrows(
                IllegalArgumentException.class,
                () -> Calibration.of(SCOPE, net, CheckpointPolicy.NOTHING, new Heard(-1)))
            .getMessage();
    assertTrue(told.contains("8 directions of the input of net.q"), told);
    assertTrue(told.contains("at most 3"), told);
  }

  @Test
  void aPlanThatWaitsForDataIsNotTrained() {
    GoldenNet net = GoldenNet.of(SCOPE, Case.EVA.recipe);
    String told =
        assertThrows(IllegalArgumentException.class, () -> new AdapterStep(SCOPE, net, SETTINGS))
            .getMessage();
    assertTrue(told.contains("init = eva"), told);
    GoldenNet plain = GoldenNet.of(SCOPE, GoldenNet.recipe());
    assertSame(plain.plan(), Calibration.of(SCOPE, plain, CheckpointPolicy.NOTHING, new Heard(-1)));
    assertEquals(List.of(), plain.asked());
  }

  @Test
  void recipesThatCannotBeFollowedAreRefusedByName() {
    Collection<Site> sites = GoldenNet.sites();
    refused(
        "dora cannot begin as eva",
        () -> Case.EVA.recipe.method(TrainableMethods.named("dora", Map.of())));
    refused(
        "ranks by energy are for the method lora, and loha",
        () -> Case.ENERGY.recipe.method(TrainableMethods.named("loha", Map.of())));
    refused("init = eva shares ranks out", () -> Case.EVA.recipe.calibration(energy(2)));
    refused("corda takes singular directions", () -> Case.CORDA.recipe.rank(17, 1).plan(sites));
    refused(
        "net.conv [16, 16, 3, 3] is a convolution",
        () ->
            Case.CORDA.recipe.plan(
                List.of(Site.convolution("net.conv", Shape.of(16, 16, 3, 3), 1, 1))));
    refused("init = corda would change", () -> Case.CORDA.recipe.from(begun()));
    refused("corda is called jpm; there are ipm and kpm", () -> CordaMode.named("jpm"));
    refused("more than half of that", () -> Case.LORA_GA.recipe.rank(9, 9).plan(sites));
    refused("init = eva would change", () -> Case.EVA.recipe.from(begun()));
    refused("ranks by energy would change", () -> Case.ENERGY.recipe.from(begun()));
    refused("rho of init = eva", () -> new EvaSettings(0.5, 0.9, false, true));
    refused("tau of init = eva", () -> new EvaSettings(2, 1.5, false, true));
    refused("gamma of init = lora_ga", () -> CalibrationSettings.DEFAULT.gamma(0));
    refused("at least the least one", () -> CalibrationSettings.DEFAULT.byEnergy(4, 2));
  }

  private static Adapter begun() {
    return trained(GoldenNet.of(SCOPE, GoldenNet.recipe()), CheckpointPolicy.NOTHING);
  }

  /** As init = lora_ga, whose base stays whole too. */
  @Test
  void linearLayersThatNoBatchReachesBeginWithoutEffect() {
    List<Site> sites = new ArrayList<>(GoldenNet.sites());
    sites.add(Site.linear("net.unused", Shape.of(16, 16), false));
    GoldenNet net = GoldenNet.of(SCOPE, Case.CORDA.recipe);
    net = net.planned(Case.CORDA.recipe.plan(sites));
    Heard heard = new Heard(-1);
    AdapterPlan plan = Calibration.of(SCOPE, net, CheckpointPolicy.NOTHING, heard);
    assertEquals(4, ranks(plan).get("net.unused"));
    assertTrue(
        heard.notes.toString().contains("(corda, ipm), at 6 layers"), heard.notes.toString());
  }

  private static void refused(String expected, Executable work) {
    String told = assertThrows(IllegalArgumentException.class, work).getMessage();
    assertTrue(told.contains(expected), told);
  }

  @Test
  void energyKeepsTheScaleAndTheNumberOfTrainedValues() {
    GoldenNet net =
        GoldenNet.of(SCOPE, GoldenNet.recipe().rankStabilised(true).calibration(energy(4)));
    AdapterPlan plan = Calibration.of(SCOPE, net, CheckpointPolicy.NOTHING, new Heard(-1));
    assertTrue(plan.elements() <= net.plan().elements());
    assertNotEquals(ranks(net.plan()), ranks(plan));
    for (SiteRecipe recipe : plan.sites().values()) {
      assertEquals(GoldenNet.ALPHA / 2, recipe.scale(), 1e-12);
    }
  }
}
