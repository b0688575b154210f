package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.text.align.Advantages;
import dev.lora4j.text.align.ImportanceLevel;
import dev.lora4j.text.align.PolicyLosses;
import dev.lora4j.text.align.PolicyObjective;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.PreferenceLosses;
import dev.lora4j.text.align.PreferenceObjective;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.WeightedReward;
import dev.lora4j.text.data.PreferencePair;
import dev.lora4j.text.data.PromptLine;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.SmallModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Costs of steps on texts, which are known before one is taken. */
class TextStepCostTest {
  private static final int WIDTH = 32;
  private static final int INNER = 64;

  @TempDir private static Path shared;
  private static Lora4j lora;
  private static LanguageModel model;

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

  /** A text of so many tokens, of which all but the first are learned. */
  private static TokenSequence text(int length) {
    boolean[] learned = new boolean[length];
    Arrays.fill(learned, 1, length, true);
    return new TokenSequence(IntStream.range(1, length + 1).toArray(), learned, new int[0], -1);
  }

  private static TextTrainingSettings settings(int batch) {
    return TextTrainingSettings.DEFAULT.steps(3, 1e-2).batch(batch);
  }

  private static TextStepCost cost(TextTrainingSettings settings, int... lengths) {
    return TextTrainer.on(model, settings)
        .sequences(Arrays.stream(lengths).mapToObj(TextStepCostTest::text).toList(), List.of())
        .cost();
  }

  @Test
  void aTrainedLayerHasTheHandCountedCost() {
    AdapterRecipe recipe =
        AdapterRecipe.DEFAULT.targets(TargetLayers.matching("model.layers.1.mlp.down_proj"));
    long two = cost(settings(2).with(recipe.rank(2, 2)), 9, 9, 4).step().flops();
    long five = cost(settings(2).with(recipe.rank(5, 5)), 9, 9, 4).step().flops();
    // For each direction: down forward and its weight's gradient; up forward and both gradients.
    long down = 2L * 2 * 9 * INNER;
    long up = 2L * 2 * 9 * WIDTH;
    assertEquals(3 * (2 * down + 3 * up), five - two);
  }

  /** The longest texts count, wherever they are. */
  @Test
  void costIsThatOfTheLongestTexts() {
    TextStepCost one = cost(settings(2), 4, 30, 5, 20);
    assertEquals(30, one.longest());
    assertEquals(one.step().flops(), cost(settings(2), 20, 30).step().flops());
    assertEquals(0, one.cache());
    TextStepCost more = cost(settings(4), 4, 30, 5, 20);
    assertTrue(more.bytes() > one.bytes() && more.step().flops() > one.step().flops());
    assertTrue(cost(settings(2), 40, 40).bytes() > one.bytes());
    assertEquals(one.step().weights(), more.step().weights());
  }

  /** A rejected text may be the longer one; the reference is another run of the base. */
  @Test
  void pairsHaveTwoTextsAndAReference() {
    List<PreferencePair> pairs =
        List.of(new PreferencePair(text(6), text(21)), new PreferencePair(text(8), text(7)));
    TextStepCost compared = cost(pairs, "sigmoid");
    assertEquals(21, compared.longest());
    TextStepCost alone = cost(pairs, "simpo");
    assertTrue(compared.step().flops() > 1.2 * alone.step().flops(), compared + " " + alone);
    assertTrue(alone.step().flops() > 1.5 * cost(settings(1), 21).step().flops());
  }

  private static TextStepCost cost(List<PreferencePair> pairs, String loss) {
    return TextTrainer.on(model, settings(1))
        .preferences(
            pairs, List.of(), PreferenceObjective.of(PreferenceLosses.named(loss, Map.of())))
        .cost();
  }

  /** Nothing is written, and no reward is asked for. */
  @Test
  void completionsAreCountedAtTheirGreatestLength() {
    RewardFunction never =
        RewardFunction.of(
            "never",
            rollout -> {
              throw new IllegalStateException("asked");
            });
    PolicyObjective objective =
        new PolicyObjective(PolicyLosses.named("dapo"), ImportanceLevel.TOKEN, 0, true);
    PolicySettings how =
        new PolicySettings(
            objective,
            new Advantages.GroupRelative(Advantages.Scale.GROUP),
            0,
            4,
            8,
            SamplingSettings.at(1),
            1,
            false);
    PromptSet prompts =
        new PromptSet(List.of(PromptLine.of("The cat"), PromptLine.of("The dog ran to the cat")));
    TextTrainer trainer =
        TextTrainer.on(model, settings(2))
            .rewards(
                prompts,
                PromptSet.NONE,
                how,
                Rewards.of(List.of(new WeightedReward(never, 1))),
                (step, rollouts) -> {
                  throw new IllegalStateException("written");
                });
    int longest = trainer.sequences().stream().mapToInt(s -> s.length()).max().orElseThrow() + 8;
    TextStepCost cost = trainer.cost();
    assertEquals(longest, cost.longest());
    // Keys and values of 2 layers with 2 heads of 16 numbers, in F32, of 2 prompts by 4 answers.
    assertEquals(2L * 2 * 2 * 16 * 4 * longest * 8, cost.cache());
    assertTrue(cost.step().flops() > 0);
  }
}
