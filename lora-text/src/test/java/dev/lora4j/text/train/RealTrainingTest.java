package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.PreferenceLosses;
import dev.lora4j.text.align.PreferenceObjective;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.Rewards;
import dev.lora4j.text.align.RolloutListener;
import dev.lora4j.text.align.ScoreDivergence;
import dev.lora4j.text.align.WeightedReward;
import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.data.PromptLine;
import dev.lora4j.text.data.PromptSet;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextExample;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.RealModelFile;
import dev.lora4j.text.pipeline.TextPrompt;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A published model learns from pairs and from rewards. */
@Tag("real-models")
class RealTrainingTest {
  private static final List<String> NAMES =
      List.of("Anna", "David", "Olga", "Simon", "Maria", "Quinn", "Will", "Clara", "Noah", "Ida");

  private static final Pattern OBJECT =
      Pattern.compile(
          "\\s*\\{\\s*\"name\"\\s*:\\s*\"([^\"\\\\]*)\"\\s*,\\s*\"age\"\\s*:\\s*(\\d+)\\s*}\\s*");

  private static LanguageModel open(Lora4j lora) {
    return LanguageModel.open(
        lora.engine().scope("model"),
        RealModelFile.of(RealModelFile.SMOLLM2),
        TextLoadOptions.in(DType.F32));
  }

  private static List<ChatMessage> said(String role, String text) {
    return List.of(new ChatMessage(role, text));
  }

  /** Prefers the answer in one word to the one in a sentence. */
  private static TextExample pair(String capital, String country) {
    return new TextExample.ChatPreference(
        said("user", "What is the capital of " + country + "?"),
        said("assistant", capital),
        said("assistant", "The capital of " + country + " is " + capital + "."));
  }

  @Test
  void pairsTeachAShorterAnswer() {
    List<TextExample> all =
        List.of(
            pair("Rome", "Italy"),
            pair("Madrid", "Spain"),
            pair("Vienna", "Austria"),
            pair("Athens", "Greece"),
            pair("Lisbon", "Portugal"),
            pair("Oslo", "Norway"),
            pair("Cairo", "Egypt"),
            pair("Tokyo", "Japan"),
            pair("Paris", "France"),
            pair("Berlin", "Germany"));
    try (Lora4j lora = Lora4j.open(EngineOptions.DEFAULT);
        LanguageModel model = open(lora)) {
      SequenceLimits limits = new SequenceLimits(96, SequenceLimits.Longer.REFUSE, false);
      var pairs = model.preferences(new TextDataSet(TextForm.PREFERENCE, all), limits).pairs();
      // By the comparison alone, both answers become unlikely.
      PreferenceObjective objective =
          new PreferenceObjective(
              List.of(
                  new PreferenceObjective.Weighted(PreferenceLosses.named("sigmoid", Map.of()), 1),
                  new PreferenceObjective.Weighted(PreferenceLosses.named("sft", Map.of()), 0.5)),
              ScoreDivergence.REVERSE_KL,
              0.1);
      RewardedRuns.Recorder recorder = new RewardedRuns.Recorder();
      Adapter adapter =
          TextTrainer.on(model, TextTrainingSettings.DEFAULT.steps(24, 3e-4).batch(2))
              .preferences(pairs.subList(0, 8), pairs.subList(8, 10), objective)
              .run(recorder)
              .adapter();
      assertEquals(0, recorder.steps.get(0).measures().get("rewards/margins"), 1e-6);
      assertEquals(0, recorder.heldOut.get(0).get("rewards/accuracies"));
      assertEquals(1, recorder.heldOut.get(24).get("rewards/accuracies"));
      TextPrompt asked = TextPrompt.chat(said("user", "What is the capital of France?")).tokens(20);
      String before = model.generate(asked).text();
      String after = model.generate(asked.mix(MixPlan.of(adapter, 1))).text();
      assertTrue(before.contains("capital of France"), before);
      assertTrue(after.contains("Paris"), after);
      assertTrue(after.length() < before.length(), after);
    }
  }

  private static PromptSet prompts(int from, int to) {
    return new PromptSet(
        IntStream.range(from, to)
            .mapToObj(
                i -> {
                  String name = NAMES.get(i);
                  int age = 20 + 7 * i;
                  String asked =
                      "Write the person in this text as JSON with the fields name and age, and"
                          + " nothing else: "
                          + name
                          + " is "
                          + age
                          + " years old.";
                  return new PromptLine(
                      "", said("user", asked), Map.of("name", name, "age", (long) age));
                })
            .toList());
  }

  private static double reward(String text, Map<String, Object> wanted) {
    Matcher object = OBJECT.matcher(text);
    if (!object.matches()) {
      return 0;
    }
    double name = object.group(1).equals(wanted.get("name")) ? 0.25 : 0;
    double age = object.group(2).equals(String.valueOf(wanted.get("age"))) ? 0.25 : 0;
    return 0.5 + name + age;
  }

  @Test
  void rewardsTeachTheFormOfAnAnswer() {
    RewardFunction person = RewardFunction.of("person", r -> reward(r.completion(), r.columns()));
    PolicySettings grpo = RewardedRuns.settings("dapo", 0, 1);
    PolicySettings how =
        new PolicySettings(
            grpo.objective(), grpo.advantages(), 0, 8, 32, SamplingSettings.at(1), 1, false);
    try (Lora4j lora = Lora4j.open(EngineOptions.DEFAULT);
        LanguageModel model = open(lora)) {
      RewardedRuns.Recorder recorder = new RewardedRuns.Recorder();
      TextTrainer.on(model, TextTrainingSettings.DEFAULT.steps(12, 5e-4).batch(2))
          .rewards(
              prompts(0, 8),
              prompts(8, 10),
              how,
              Rewards.of(List.of(new WeightedReward(person, 1))),
              RolloutListener.NONE)
          .run(recorder);
      assertEquals(0, recorder.steps.get(0).loss(), 1e-5);
      double first = recorder.reward(0, 3);
      double last = recorder.reward(9, 12);
      assertTrue(last > first + 0.3, first + " to " + last);
      double held = recorder.heldOut.get(12).get("reward");
      assertTrue(held > recorder.heldOut.get(0).get("reward") + 0.3, "held out " + held);
    }
  }
}
