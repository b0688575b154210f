package dev.lora4j.text.align.reward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.run.TrainingFailure;
import dev.lora4j.text.align.Advantages;
import dev.lora4j.text.align.PolicyLosses;
import dev.lora4j.text.align.PolicyObjective;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.RewardContext;
import dev.lora4j.text.align.RewardException;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.RewardFunctions;
import dev.lora4j.text.align.RewardObjective;
import dev.lora4j.text.align.RewardRequest;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.Rollouts;
import dev.lora4j.text.align.ScoredRollout;
import dev.lora4j.text.align.WeightedReward;
import dev.lora4j.text.data.PreferencePair;
import dev.lora4j.text.data.PromptLine;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextExample;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.RewardModel;
import dev.lora4j.text.pipeline.SmallModel;
import dev.lora4j.text.train.RewardTrainer;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reward model as a reward function. */
class JudgeTest {
  private static final PromptSet PROMPTS =
      new PromptSet(List.of(PromptLine.of("The cat"), PromptLine.of("The dog")));

  @TempDir private static Path shared;
  private static Lora4j lora;
  private static LanguageModel model;
  private static Path base;
  private static Path judge;

  @BeforeAll
  static void open() throws IOException {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    base = SmallModel.write(shared.resolve("model"));
    judge = shared.resolve("judge");
    TextDataSet data =
        new TextDataSet(
            TextForm.PREFERENCE,
            List.of(
                new TextExample.Preference("The cat", " sat on the mat.", " ran."),
                new TextExample.Preference("The dog", " sat.", " ran to the cat.")));
    try (RewardModel fresh =
        RewardModel.open(
            lora.engine().scope("reward model"), base, TextLoadOptions.in(DType.F32), 0)) {
      List<PreferencePair> pairs = fresh.pairs(data, 64).pairs();
      RewardTrainer.on(fresh, TextTrainingSettings.DEFAULT.steps(10, 5e-3).batch(2))
          .pairs(pairs, List.of(), RewardObjective.DEFAULT)
          .run(done -> {})
          .save(judge);
    }
    model = LanguageModel.open(lora, base);
  }

  @AfterAll
  static void close() {
    model.close();
    lora.close();
  }

  private static Rewards rewards(String more) {
    return Rewards.of(List.of(RewardFunctions.weighted("model:path=" + judge + more)));
  }

  private static List<ScoredRollout> trained(Rewards rewards) {
    PolicySettings how =
        new PolicySettings(
            PolicyObjective.of(PolicyLosses.named("dapo")),
            new Advantages.GroupRelative(Advantages.Scale.GROUP),
            0,
            4,
            8,
            SamplingSettings.at(1),
            1,
            false);
    List<ScoredRollout> all = new ArrayList<>();
    TextTrainer.on(model, TextTrainingSettings.DEFAULT.steps(3, 1e-3).batch(2))
        .rewards(PROMPTS, PROMPTS, how, rewards, (step, written) -> all.addAll(written))
        .run(done -> {});
    return all;
  }

  private static void assertRewards(List<ScoredRollout> found) {
    assertEquals(24, found.size());
    try (RewardModel own = RewardModel.open(lora, base, judge)) {
      for (ScoredRollout one : found) {
        String prompt = one.rollout().prompt();
        String text = one.rollout().completion();
        double expected =
            own.rewards(List.of(own.text(prompt, text, one.rollout().ended())), done -> {}).get(0);
        assertEquals(expected, one.reward().orElseThrow(), 1e-5, text);
      }
    }
  }

  /** The base of the judge is the one that is trained, without the adapter that is trained. */
  @Test
  void judgesOnTheBaseThatIsTrained() {
    assertRewards(trained(rewards("")));
  }

  @Test
  void judgesOnAnotherBase() {
    assertRewards(trained(rewards(",base=" + base)));
  }

  @Test
  void weightsMultiplyItBesideOthers() {
    Rewards both =
        Rewards.of(
            List.of(
                RewardFunctions.weighted("model:weight=2,path=" + judge),
                new WeightedReward(RewardFunction.of("one", rollout -> 1), 1)));
    ScoredRollout first = trained(both).get(0);
    assertEquals(List.of("model", "one"), List.copyOf(first.rewards().keySet()));
    assertEquals(
        2 * first.rewards().get("model").orElseThrow() + 1, first.reward().orElseThrow(), 1e-9);
  }

  @Test
  void answersOnlyWhileTheTrainingIsOpen() {
    Judge asked = new Judge(judge.toString(), "");
    RewardRequest request = Rollouts.of("sat");
    assertTrue(
        assertThrows(RewardException.class, () -> asked.rewards(request))
            .getMessage()
            .contains("open it for the training"));
    Scope scope = model.scope().child("training");
    RewardFunction open = asked.open(new RewardContext(scope, model));
    assertEquals("model", open.name());
    assertEquals(asked.canonical(), open.canonical());
    List<OptionalDouble> found = open.rewards(request).toCompletableFuture().join();
    assertEquals(request.rollouts().size(), found.size());
    scope.close();
    assertThrows(CancellationException.class, () -> open.rewards(request));
  }

  /** A training that waits no longer ends; nothing of the judge is torn away meanwhile. */
  @Test
  void tooLateIsNamed() {
    Rewards hasty = rewards("").patience(Duration.ofMillis(1));
    Throwable thrown = assertThrows(RuntimeException.class, () -> trained(hasty));
    while (thrown instanceof TrainingFailure && thrown.getCause() != null) {
      thrown = thrown.getCause();
    }
    assertTrue(String.valueOf(thrown.getMessage()).contains("model"), thrown.toString());
    assertTrue(String.valueOf(thrown.getMessage()).contains("has not answered"), thrown.toString());
    assertRewards(trained(rewards("")));
  }

  @Test
  void completionThatIsTooLongIsNamed() {
    try (Scope scope = model.scope().child("training")) {
      RewardFunction open = new Judge(judge.toString(), "").open(new RewardContext(scope, model));
      RewardRequest request = Rollouts.of("x ".repeat(80));
      String told =
          String.valueOf(
              assertThrows(RewardException.class, () -> open.rewards(request)).getMessage());
      assertTrue(told.contains("completion 1 of 1") && told.contains("reads at most"), told);
    }
  }

  /** Another adapter at the same place is another function. */
  @Test
  void contentOfTheAdapterIsItsIdentity() {
    Judge one = new Judge(judge.toString(), "");
    Path other = Path.of("src/test/resources/adapters/llama-reward");
    assertNotEquals(one.canonical(), new Judge(other.toString(), "").canonical());
    assertTrue(!one.canonical().contains("judge"), one.canonical());
  }

  @Test
  void whatIsNoRewardModelIsNamed() {
    Map<String, String> wrong =
        Map.of(
            "path=nowhere",
            "There is no reward model at nowhere",
            "path=src/test/resources/adapters/gpt2-lora",
            "none with a head",
            "path=src/test/resources/adapters/llama-classes-lora",
            "tells 3 classes apart",
            "path=" + judge + ",base=src/test/resources/models/t5",
            "has an encoder");
    wrong.forEach(
        (settings, words) -> {
          String told =
              String.valueOf(
                  assertThrows(
                          RuntimeException.class,
                          () -> RewardFunctions.weighted("model:" + settings))
                      .getMessage());
          assertTrue(told.contains(words), told);
        });
  }
}
