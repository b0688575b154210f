package dev.lora4j.text.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.token.TinyTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rewards against transformers and PEFT ({@code golden/reward_pairs.py}). */
class RewardModelTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final Path ADAPTER = RESOURCES.resolve("adapters/llama-reward");
  private static final Lora4j LORA = Lora4j.open(EngineOptions.DEFAULT.threads(1));

  @TempDir private static Path shared;
  private static Path base;

  @BeforeAll
  static void write() throws IOException {
    base = model("llama", shared.resolve("llama"));
  }

  @AfterAll
  static void close() {
    LORA.close();
  }

  private static Path model(String name, Path folder) throws IOException {
    Files.createDirectories(folder);
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(RESOURCES.resolve("models").resolve(name).resolve(file), folder.resolve(file));
    }
    return TinyTokenizers.letters(folder);
  }

  private static double[] numbers(String name) {
    try (TensorStore store = TensorStore.open(ADAPTER.resolve("rewards.safetensors"))) {
      TensorInfo info = Objects.requireNonNull(store.tensors().get(name), name);
      return HostTensor.of(info.dtype(), info.shape(), store.read(name)).doubles();
    }
  }

  private static List<EncoderText> texts(RewardModel model) {
    double[] ids = numbers("ids");
    double[] lengths = numbers("lengths");
    int width = ids.length / lengths.length;
    List<EncoderText> texts = new ArrayList<>();
    for (int row = 0; row < lengths.length; row++) {
      texts.add(
          model.text(
              Arrays.stream(ids, row * width, row * width + (int) lengths[row])
                  .mapToInt(id -> (int) id)
                  .toArray()));
    }
    return texts;
  }

  private static void assertRewards(double tolerance, RewardModel model) {
    double[] found = model.rewards(texts(model), done -> {}).stream().mapToDouble(r -> r).toArray();
    assertArrayEquals(numbers("rewards"), found, tolerance);
  }

  /** The base has no token that pads: shorter rows are told by their lengths. */
  @Test
  void rewardsAreThoseOfPeft() {
    try (RewardModel model = RewardModel.open(LORA, base, ADAPTER)) {
      assertRewards(2e-5, model);
      List<EncoderText> texts = texts(model);
      double together = model.rewards(texts, done -> {}).get(0);
      assertEquals(together, model.rewards(texts.subList(0, 1), done -> {}).get(0), 2e-5);
    }
  }

  @Test
  void anAdapterIsReadOnTheBaseOfALanguageModel() {
    try (LanguageModel words = LanguageModel.open(LORA, base)) {
      try (Scope scope = words.scope().child("judge")) {
        RewardModel judge = RewardModel.on(scope, words, ADAPTER);
        assertRewards(2e-5, judge);
        String weight = "model.layers.0.mlp.up_proj.weight";
        assertEquals(
            words.base().weights().tensor(weight),
            judge.base().weights().tensor(weight),
            "there is a second copy");
      }
      // What the judge had is gone, and the base is there.
      assertTrue(words.generate(TextPrompt.of("abc").tokens(2)).tokens().size() > 0);
    }
  }

  /** The head that starts from chance has the deviation of the configuration, 0.3. */
  @Test
  void headStartsAsThatOfTransformers() {
    try (RewardModel first = RewardModel.open(scope(), base, TextLoadOptions.in(DType.F32), 1);
        RewardModel same = RewardModel.open(scope(), base, TextLoadOptions.in(DType.F32), 1);
        RewardModel other = RewardModel.open(scope(), base, TextLoadOptions.in(DType.F32), 2)) {
      assertEquals(List.of("score.weight"), first.base().started());
      float[] head = first.base().weights().tensor("score.weight").floats();
      double square = 0;
      for (float value : head) {
        square += value * value;
      }
      assertEquals(0.3, Math.sqrt(square / head.length), 0.12);
      assertEquals(first.reward("ab", "cd"), same.reward("ab", "cd"), 0);
      assertNotEquals(first.reward("ab", "cd"), other.reward("ab", "cd"));
    }
  }

  @Test
  void textEndsInTheEndTokenUnlessItWasCut() {
    try (RewardModel model = RewardModel.open(LORA, base, ADAPTER)) {
      int[] cut = model.text("ab", "cd", false).ids();
      int[] whole = model.text("ab", "cd", true).ids();
      assertEquals(cut.length + 1, whole.length);
      assertEquals(1, whole[cut.length]);
      assertEquals(
          model.rewards(List.of(model.text("ab", "cd", true)), done -> {}).get(0),
          model.reward("ab", "cd"),
          0);
      assertNotEquals(model.reward("ab", "cd"), model.reward("ab", "ce"));
    }
  }

  @Test
  void conversationIsWrittenByTheTemplate() throws IOException {
    Path chat = model("llama", shared.resolve("chat"));
    Files.writeString(
        chat.resolve("tokenizer_config.json"),
        "{\"extra_ids\": 0, \"chat_template\": \"{% for m in messages %}{{ m.role }} {{ m.content }}"
            + " {% endfor %}\"}");
    List<ChatMessage> talk =
        List.of(new ChatMessage("user", "ab"), new ChatMessage("assistant", "cd"));
    try (RewardModel model = RewardModel.open(LORA, chat, ADAPTER);
        RewardModel plain = RewardModel.open(LORA, base, ADAPTER)) {
      int[] ids = model.tokenizer().encodePlain("user ab assistant cd ");
      assertArrayEquals(ids, model.text(talk).ids());
      assertEquals(
          model.rewards(List.of(model.text(ids)), done -> {}).get(0), model.reward(talk), 0);
      assertTold("no chat template", () -> plain.reward(talk));
    }
  }

  private static Scope scope() {
    return LORA.engine().scope("reward model");
  }

  private static void assertTold(String words, Runnable wrong) {
    RuntimeException thrown = assertThrows(RuntimeException.class, wrong::run);
    assertTrue(
        thrown instanceof IllegalArgumentException || thrown instanceof ModelException,
        String.valueOf(thrown));
    assertTrue(String.valueOf(thrown.getMessage()).contains(words), thrown.getMessage());
  }

  @Test
  void whatIsNoRewardModelIsNamed() throws IOException {
    Path adapters = RESOURCES.resolve("adapters");
    assertTold(
        "tells 3 classes apart",
        () -> RewardModel.open(LORA, base, adapters.resolve("llama-classes-lora")));
    assertTold(
        "none with a head", () -> RewardModel.open(LORA, base, adapters.resolve("gpt2-lora")));
    assertTold(
        "There is no reward model at", () -> RewardModel.open(LORA, base, Path.of("nowhere")));
    Path classes = model("llama-classes", shared.resolve("classes"));
    assertTold("tells 3 classes apart", () -> RewardModel.open(LORA, classes, ADAPTER));
    for (String name : List.of("bert", "t5")) {
      Path other = model(name, shared.resolve(name));
      assertTold("has an encoder", () -> RewardModel.open(LORA, other, ADAPTER));
    }
    try (RewardModel model = RewardModel.open(LORA, base, ADAPTER)) {
      assertTold("reads at most 128", () -> model.reward("", "a ".repeat(100)));
    }
  }
}
