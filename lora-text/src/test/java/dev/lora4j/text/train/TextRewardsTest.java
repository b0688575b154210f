package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.text.align.Advantages;
import dev.lora4j.text.align.EntropyUse;
import dev.lora4j.text.align.ImportanceLevel;
import dev.lora4j.text.align.PolicyLosses;
import dev.lora4j.text.align.PolicyObjective;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.ReferenceSync;
import dev.lora4j.text.align.RewardException;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.Rollout;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.align.ScoredRollout;
import dev.lora4j.text.align.WeightedReward;
import dev.lora4j.text.data.PromptLine;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.data.TextDataException;
import dev.lora4j.text.generate.GeneratedTokens;
import dev.lora4j.text.generate.GenerationRequest;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.generate.TextGenerator;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.SmallModel;
import dev.lora4j.text.pipeline.TextPrompt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that learn from rewards of what the model writes. */
class TextRewardsTest {
  @TempDir private static Path shared;
  private static Lora4j lora;
  private static LanguageModel model;

  @TempDir private Path temporary;

  private static final PromptSet PROMPTS =
      new PromptSet(
          List.of(
              new PromptLine("The cat", List.of(), Map.of("want", "t")),
              new PromptLine("The dog", List.of(), Map.of("want", "t")),
              new PromptLine("A cat and a dog", List.of(), Map.of("want", "t"))));

  private static final PromptSet HELD = new PromptSet(List.of(PromptLine.of("The mat")));

  /** The share of a letter that the prompt's line names. */
  private static final RewardFunction LETTERS =
      RewardFunction.of(
          "letters",
          rollout -> {
            String want = String.valueOf(rollout.columns().getOrDefault("want", "t"));
            String text = rollout.completion();
            return text.chars().filter(c -> c == want.charAt(0)).count()
                / (double) Math.max(1, text.length());
          });

  /** The share of tokens in the first half of the vocabulary. */
  private static final RewardFunction LOW =
      RewardFunction.of(
          "low",
          rollout ->
              rollout.ids().stream().filter(id -> id < 150).count()
                  / (double) rollout.ids().size());

  @BeforeAll
  static void open() throws IOException {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    model = LanguageModel.open(lora, SmallModel.write(shared.resolve("model")));
  }

  @AfterAll
  static void close() {
    model.close();
    lora.close();
  }

  private static PolicySettings settings(String loss, double beta, int iterations) {
    PolicyObjective objective =
        new PolicyObjective(PolicyLosses.named(loss), ImportanceLevel.TOKEN, beta, true);
    Advantages by = new Advantages.GroupRelative(Advantages.Scale.GROUP);
    return new PolicySettings(objective, by, 0, 4, 8, SamplingSettings.at(1), iterations, false);
  }

  private static PolicySettings rloo(double beta) {
    PolicyObjective objective =
        new PolicyObjective(PolicyLosses.named("rloo"), ImportanceLevel.SEQUENCE, 0, true);
    Advantages by = new Advantages.LeaveOneOut(false);
    return new PolicySettings(objective, by, beta, 4, 8, SamplingSettings.at(1), 1, false);
  }

  private static TextTrainer trainer(int steps, PolicySettings how, RewardFunction... rewards) {
    return trainer(steps, how, RolloutListener.NONE, rewards);
  }

  private static TextTrainer trainer(
      int steps, PolicySettings how, RolloutListener listener, RewardFunction... rewards) {
    List<WeightedReward> all = new ArrayList<>();
    for (RewardFunction each : rewards) {
      all.add(new WeightedReward(each, 1));
    }
    TextTrainingSettings settings = TextTrainingSettings.DEFAULT.steps(steps, 1e-2).batch(2);
    return TextTrainer.on(model, settings).rewards(PROMPTS, HELD, how, Rewards.of(all), listener);
  }

  /** The numbers of all steps, and the last ones of what is held out. */
  private static final class Recorder implements RunListener {
    final List<Step> steps = new ArrayList<>();
    final Map<Integer, Map<String, Double>> heldOut = new HashMap<>();

    @Override
    public void step(Step done) {
      steps.add(done);
    }

    @Override
    public void measured(int step, Map<String, Double> measures) {
      heldOut.put(step, measures);
    }

    double reward(int from, int to) {
      return steps.subList(from, to).stream()
          .mapToDouble(s -> s.measures().get("reward"))
          .average()
          .orElseThrow();
    }
  }

  /** The advantages of a group add up to 0, and nothing has changed yet. */
  @Test
  void firstLossIsNothingAndMoves() {
    Recorder recorder = new Recorder();
    trainer(1, settings("grpo", 0, 1), LETTERS).run(recorder);
    RunListener.Step first = recorder.steps.get(0);
    assertEquals(0, first.loss(), 1e-6);
    assertTrue(first.gradientNorm() > 0);
    assertEquals(
        List.of(
            "reward",
            "reward_std",
            "frac_reward_zero_std",
            "rewards/letters/mean",
            "rewards/letters/std",
            "completions/mean_length",
            "completions/min_length",
            "completions/max_length",
            "completions/clipped_ratio",
            "completions/mean_terminated_length",
            "clip_ratio/low_mean",
            "clip_ratio/high_mean",
            "clip_ratio/region_mean",
            "entropy"),
        List.copyOf(first.measures().keySet()));
    assertTrue(first.measures().get("entropy") > 1, first.measures().toString());
    assertTrue(recorder.heldOut.get(0).get("reward") >= 0);
  }

  /** Cold, as the model from chance has likelihoods that hardly differ. */
  private static PolicySettings cold(PolicySettings how) {
    return new PolicySettings(
        how.objective(),
        how.advantages(),
        how.rewardBeta(),
        16,
        8,
        SamplingSettings.at(0.2),
        how.iterations(),
        false);
  }

  @Test
  void rewardsGrow() {
    for (PolicySettings how :
        List.of(settings("dapo", 0, 1), settings("grpo", 0.02, 2), rloo(0.002))) {
      Recorder recorder = new Recorder();
      trainer(40, cold(how), LOW).run(recorder);
      double first = recorder.reward(0, 5);
      double last = recorder.reward(35, 40);
      assertTrue(last > first + 0.15, how.objective().loss().name() + " " + first + " to " + last);
      assertTrue(recorder.heldOut.get(40).get("reward") > recorder.heldOut.get(0).get("reward"));
    }
  }

  /** Two steps learn what was written before the first; the ratio is 1 in that one alone. */
  @Test
  void completionsAreLearnedAsOftenAsIsSaid() {
    List<Long> steps = new ArrayList<>();
    List<ScoredRollout> all = new ArrayList<>();
    Recorder recorder = new Recorder();
    RolloutListener listener =
        (step, rollouts) -> {
          steps.add(step);
          all.addAll(rollouts);
        };
    trainer(4, settings("dapo:epsilon=1e-5", 0, 2), listener, LETTERS).run(recorder);
    assertEquals(List.of(1L, 3L), steps);
    assertEquals(2 * 4 + 4, all.size(), "two prompts, then the third alone");
    assertEquals(
        recorder.steps.get(0).measures().get("reward"),
        recorder.steps.get(1).measures().get("reward"));
    assertTrue(recorder.steps.get(1).measures().get("clip_ratio/region_mean") > 0);
    Rollout first = all.get(0).rollout();
    assertTrue(PROMPTS.prompts().stream().anyMatch(p -> p.text().equals(first.prompt())));
    assertEquals("t", first.columns().get("want"));
    assertTrue(first.ended() || first.ids().size() == 8, first.toString());
  }

  /** With an adapter that is trained further, the distance is from that one. */
  @Test
  void referenceIsTheAdapterThatIsTrainedFurther() {
    Adapter before = trainer(20, settings("dapo", 0, 1), LETTERS).run(done -> {}).adapter();
    TextTrainingSettings going = TextTrainingSettings.DEFAULT.steps(4, 1e-2).batch(2);
    TextTrainingSettings further = going.with(going.recipe().from(before));
    Recorder recorder = new Recorder();
    TextTrainer.on(model, further)
        .rewards(
            PROMPTS,
            PromptSet.NONE,
            settings("dapo", 0.1, 1),
            Rewards.of(List.of(new WeightedReward(LETTERS, 1))),
            RolloutListener.NONE)
        .run(recorder);
    assertEquals(0, recorder.steps.get(0).measures().get("kl"), 1e-5);
    assertNotEquals(0, recorder.steps.get(3).measures().get("kl"), 1e-5);
    assertTrue(recorder.heldOut.isEmpty());
  }

  /** A reference that is the model before each step is no distance away. */
  @Test
  void referenceThatIsTheModelCostsNothing() {
    for (PolicySettings how : List.of(settings("dapo", 0.1, 1), rloo(0.1))) {
      Recorder recorder = new Recorder();
      trainer(4, how, LETTERS).sync(new ReferenceSync(1, 1)).run(recorder);
      for (RunListener.Step step : recorder.steps) {
        assertEquals(0, step.measures().get("kl"), 1e-5, "step " + step.step());
      }
      Recorder still = new Recorder();
      trainer(4, how, LETTERS).run(still);
      assertNotEquals(0, still.steps.get(3).measures().get("kl"), 1e-5);
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> trainer(1, settings("dapo", 0, 1), LETTERS).sync(new ReferenceSync(1, 1)));
  }

  /** Also where completions are learned twice, and the run is stopped between the two. */
  @Test
  void resumedRunHasTheSameBits() {
    for (int iterations : List.of(1, 2)) {
      TextTrainer trainer =
          trainer(10, settings("dapo", 0.05, iterations), LETTERS).sync(new ReferenceSync(2, 0.5));
      String whole = trainer.run(done -> {}).adapter().identity();
      Path folder = temporary.resolve("checkpoints" + iterations);
      CheckpointPolicy keeping =
          CheckpointPolicy.NOTHING.in(folder).every(3).validateEvery(4).previewEvery(1000);
      int stop = 5;
      TrainingInterrupted told =
          assertThrows(
              TrainingInterrupted.class,
              () ->
                  trainer
                      .keeping(keeping)
                      .run(
                          done -> {
                            if (done.step() == stop) {
                              Thread.currentThread().interrupt(); // as a listener asks to stop
                            }
                          }));
      Thread.interrupted();
      assertEquals(0, told.steps() % iterations);
      Recorder resumed = new Recorder();
      assertEquals(whole, trainer.keeping(keeping.resume(true)).run(resumed).adapter().identity());
      assertEquals(10 - told.steps(), resumed.steps.size());
      String refused =
          String.valueOf(
              assertThrows(
                      IllegalArgumentException.class,
                      () ->
                          trainer(10, settings("dapo", 0.06, iterations), LETTERS)
                              .sync(new ReferenceSync(2, 0.5))
                              .keeping(keeping.resume(true))
                              .run(done -> {}))
                  .getMessage());
      assertTrue(refused.contains("objective"), refused);
    }
  }

  /** Completions of a step count alike, in whichever of its batches they are. */
  @Test
  void accumulatedBatchesAreOneLargeOne() {
    for (String loss : List.of("dapo", "grpo", "dr_grpo", "luspo")) {
      Recorder one = new Recorder();
      Recorder two = new Recorder();
      accumulated(loss, 2, 1).run(one);
      accumulated(loss, 1, 2).run(two);
      for (int i = 0; i < 2; i++) {
        assertEquals(one.steps.get(i).loss(), two.steps.get(i).loss(), 1e-4, loss);
        assertEquals(
            one.steps.get(i).gradientNorm(),
            two.steps.get(i).gradientNorm(),
            1e-3 * one.steps.get(i).gradientNorm(),
            loss);
      }
    }
  }

  private static TextTrainer accumulated(String loss, int batch, int accumulate) {
    TextTrainingSettings settings = TextTrainingSettings.DEFAULT.steps(2, 1e-2).batch(batch);
    return TextTrainer.on(model, settings.with(settings.training().withAccumulation(accumulate)))
        .rewards(
            new PromptSet(PROMPTS.prompts().subList(0, 2)),
            PromptSet.NONE,
            settings(loss, 0.1, 1),
            Rewards.of(List.of(new WeightedReward(LETTERS, 1))),
            RolloutListener.NONE);
  }

  /** Reading a prompt once for all of its completions changes none of them. */
  @Test
  void completionsOfAPromptAreWhatEachWouldBeAlone() {
    List<GenerationRequest> requests = new ArrayList<>();
    for (String text : List.of("The cat", "A cat and a dog", "The dog")) {
      int[] ids = model.ids(TextPrompt.of(text));
      for (int seed = 0; seed < 3; seed++) {
        requests.add(
            new GenerationRequest(
                ids, 7, Set.of(), SamplingSettings.at(0.7), seed, MixPlan.NONE, token -> false));
      }
    }
    TextGenerator generator = new TextGenerator(model.programs());
    try (Scope work = model.scope().child("test")) {
      List<GeneratedTokens> alone = generator.generate(work, requests);
      List<GeneratedTokens> together = generator.groups(work, requests, 3);
      assertEquals(alone.size(), together.size());
      for (int i = 0; i < alone.size(); i++) {
        assertArrayEquals(alone.get(i).added(), together.get(i).added(), "completion " + i);
      }
    }
  }

  /** Where all completions get the same, nothing is learned, and that is seen. */
  @Test
  void groupsWithoutSpreadAreShown() {
    Recorder recorder = new Recorder();
    trainer(2, settings("dapo", 0, 1), RewardFunction.of("same", rollout -> 1)).run(recorder);
    assertEquals(1, recorder.steps.get(0).measures().get("frac_reward_zero_std"));
    assertEquals(0, recorder.steps.get(1).gradientNorm(), 1e-12);
  }

  /** A model whose entropy is rewarded stays less sure of itself. */
  @Test
  void rewardedEntropyStaysGreater() {
    double plain = entropyAfter(EntropyUse.NONE);
    double rewarded = entropyAfter(new EntropyUse(0.5, 1));
    assertTrue(rewarded > plain + 0.1, plain + " and " + rewarded);
    Recorder some = new Recorder();
    trainer(2, exploring(new EntropyUse(0.1, 0.2)), LETTERS).run(some);
    assertTrue(some.steps.get(0).measures().containsKey("policy_loss"));
    assertTrue(some.steps.get(0).gradientNorm() > 0);
  }

  private static double entropyAfter(EntropyUse use) {
    Recorder recorder = new Recorder();
    trainer(15, exploring(use), LETTERS).run(recorder);
    return recorder.steps.get(14).measures().get("entropy");
  }

  private static PolicySettings exploring(EntropyUse use) {
    PolicyObjective objective =
        new PolicyObjective(PolicyLosses.named("dapo"), ImportanceLevel.TOKEN, 0, true, use);
    Advantages by = new Advantages.GroupRelative(Advantages.Scale.GROUP);
    return new PolicySettings(objective, by, 0, 8, 8, SamplingSettings.at(0.3), 1, false);
  }

  /** Completions that are cut are left out, even all of them. */
  @Test
  void cutCompletionsMayBeLeftOut() {
    PolicySettings plain = settings("dapo", 0, 1);
    PolicySettings masked =
        new PolicySettings(
            plain.objective(), plain.advantages(), 0, 4, 1, plain.sampling(), 1, true);
    List<ScoredRollout> all = new ArrayList<>();
    Recorder recorder = new Recorder();
    trainer(2, masked, (step, rollouts) -> all.addAll(rollouts), LETTERS).run(recorder);
    assertTrue(all.stream().allMatch(r -> r.rollout().ids().size() == 1));
    for (RunListener.Step step : recorder.steps) {
      boolean none = step.measures().get("completions/clipped_ratio") == 1;
      assertEquals(none, step.gradientNorm() == 0, step.toString());
      assertTrue(!step.skipped(), step.toString());
    }
  }

  @Test
  void failingRewardsAreNamed() {
    RewardFunction broken =
        RewardFunction.of(
            "broken",
            rollout -> {
              throw new IllegalStateException("no answer in the line");
            });
    String told =
        String.valueOf(
            assertThrows(
                    RewardException.class,
                    () -> trainer(2, settings("dapo", 0, 1), LETTERS, broken).run(done -> {}))
                .getMessage());
    assertTrue(told.contains("broken") && told.contains("no answer in the line"), told);
  }

  @Test
  void promptsWithoutRoomAreNamed() {
    PromptSet wrong =
        new PromptSet(List.of(PromptLine.of("The cat"), PromptLine.of("The cat ran. ".repeat(90))));
    String told =
        String.valueOf(
            assertThrows(
                    TextDataException.class,
                    () ->
                        TextTrainer.on(model, TextTrainingSettings.DEFAULT)
                            .rewards(
                                wrong,
                                PromptSet.NONE,
                                settings("dapo", 0, 1),
                                Rewards.of(List.of(new WeightedReward(LETTERS, 1))),
                                RolloutListener.NONE))
                .getMessage());
    assertTrue(told.contains("example 2") && told.contains("cannot be answered"), told);
  }
}
