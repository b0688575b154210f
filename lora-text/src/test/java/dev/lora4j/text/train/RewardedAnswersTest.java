package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.Rollout;
import dev.lora4j.text.align.ScoredRollout;
import dev.lora4j.text.align.WeightedReward;
import dev.lora4j.text.data.PromptLine;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.SmallModel;
import dev.lora4j.text.pipeline.TextPrompt;
import dev.lora4j.text.token.TinyTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that are scored and not learned. */
class RewardedAnswersTest {
  /** More than are answered at once. */
  private static final PromptSet PROMPTS =
      new PromptSet(
          IntStream.range(0, 19).mapToObj(i -> PromptLine.of("The cat saw " + i)).toList());

  private static final Rewards LENGTH =
      Rewards.of(
          List.of(
              new WeightedReward(RewardFunction.of("length", r -> r.ids().size()), 1),
              new WeightedReward(RewardFunction.of("ended", r -> r.ended() ? 1 : 0), 10)));

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

  private static RewardedAnswers answers(RewardedAnswers.Manner manner, Rewards rewards) {
    return RewardedAnswers.of(model, PROMPTS, MixPlan.NONE, manner, rewards, done -> {});
  }

  private static List<String> texts(RewardedAnswers answers) {
    return answers.answers().stream().map(a -> a.rollout().completion()).toList();
  }

  @Test
  void likeliestAnswersAreThoseOfTheModelToEachPrompt() {
    List<Integer> done = new ArrayList<>();
    RewardedAnswers found =
        RewardedAnswers.of(
            model,
            PROMPTS,
            MixPlan.NONE,
            new RewardedAnswers.Manner(SamplingSettings.GREEDY, 1, 6, 0),
            LENGTH,
            done::add);
    assertEquals(List.of(8, 16, 19), done);
    assertEquals(19, found.answers().size());
    for (int i = 0; i < 19; i++) {
      String prompt = PROMPTS.prompts().get(i).text();
      Rollout own = found.answers().get(i).rollout();
      assertEquals(prompt, own.prompt());
      assertEquals(model.generate(TextPrompt.of(prompt).tokens(6)).text(), own.completion());
    }
  }

  /** A prompt is what the encoder reads; the answer is what the decoder writes. */
  @Test
  void modelsWithAnEncoderAnswerToo() throws IOException {
    Path folder = Files.createDirectories(shared.resolve("t5"));
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(Path.of("src/test/resources/models/t5", name), folder.resolve(name));
    }
    PromptSet prompts = new PromptSet(List.of(PromptLine.of("abc"), PromptLine.of("bcaab")));
    try (LanguageModel both = LanguageModel.open(lora, TinyTokenizers.letters(folder))) {
      RewardedAnswers found =
          RewardedAnswers.of(
              both,
              prompts,
              MixPlan.NONE,
              new RewardedAnswers.Manner(SamplingSettings.GREEDY, 1, 6, 0),
              LENGTH,
              done -> {});
      for (int i = 0; i < 2; i++) {
        String asked = prompts.prompts().get(i).text();
        Rollout own = found.answers().get(i).rollout();
        assertEquals(both.generate(TextPrompt.of(asked).tokens(6)).text(), own.completion());
        assertTrue(own.ids().size() <= 6, own.toString());
      }
    }
  }

  @Test
  void answersDependOnTheSeedAlone() {
    RewardedAnswers.Manner manner = new RewardedAnswers.Manner(SamplingSettings.at(1), 3, 6, 7);
    RewardedAnswers first = answers(manner, LENGTH);
    assertEquals(57, first.answers().size());
    assertEquals(texts(first), texts(answers(manner, LENGTH)));
    assertNotEquals(
        texts(first),
        texts(answers(new RewardedAnswers.Manner(SamplingSettings.at(1), 3, 6, 8), LENGTH)));
  }

  @Test
  void rewardsAreSumsByWeightsAndMeansOfAPrompt() {
    RewardedAnswers found =
        answers(new RewardedAnswers.Manner(SamplingSettings.at(1), 2, 6, 1), LENGTH);
    double sum = 0;
    for (ScoredRollout each : found.answers()) {
      double own = each.rollout().ids().size() + (each.rollout().ended() ? 10 : 0);
      assertEquals(OptionalDouble.of(own), each.reward());
      sum += own;
    }
    assertEquals(sum / 38, found.statistics().getOrDefault("reward", 0.0), 1e-9);
    double two =
        found.answers().get(2).reward().orElseThrow()
            + found.answers().get(3).reward().orElseThrow();
    assertEquals(two / 2, found.ofPrompts().get(1).orElseThrow(), 1e-9);
  }

  /** A prompt without a reward on one side is in no count. */
  @Test
  void comparisonsCountPromptsThatHaveBothRewards() {
    RewardedAnswers one = of(1, 2, 3, Double.NaN, 5);
    RewardedAnswers other = of(0, 2, 4, 9, 1);
    RewardedAnswers.Comparison found = one.against(other);
    assertEquals(new RewardedAnswers.Comparison(2, 1, 1), found);
    assertEquals(0.625, found.winRate());
    assertThrows(IllegalArgumentException.class, () -> one.against(of(1)));
  }

  private static RewardedAnswers of(double... rewards) {
    List<ScoredRollout> all = new ArrayList<>();
    for (double each : rewards) {
      OptionalDouble reward = Double.isNaN(each) ? OptionalDouble.empty() : OptionalDouble.of(each);
      all.add(
          new ScoredRollout(
              new Rollout("a", "b", List.of(1), true, Map.of()), Map.of("one", reward), reward, 0));
    }
    return new RewardedAnswers(all, 1);
  }

  @Test
  void interruptsEndTheAnswers() {
    RewardedAnswers.Manner manner = new RewardedAnswers.Manner(SamplingSettings.GREEDY, 1, 2, 0);
    assertThrows(
        CancellationException.class,
        () ->
            RewardedAnswers.of(
                model,
                PROMPTS,
                MixPlan.NONE,
                manner,
                LENGTH,
                done -> Thread.currentThread().interrupt()));
    assertTrue(Thread.interrupted());
  }

  @Test
  void numbersBelowOneAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new RewardedAnswers.Manner(SamplingSettings.GREEDY, 0, 2, 0));
  }
}
