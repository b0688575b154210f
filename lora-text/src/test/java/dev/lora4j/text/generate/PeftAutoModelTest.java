package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextExample;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.network.EncodedInputs;
import dev.lora4j.text.network.OutputLoss;
import dev.lora4j.text.network.TokenInputs;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.RewardModel;
import dev.lora4j.text.pipeline.SmallClassifier;
import dev.lora4j.text.pipeline.TextClassifier;
import dev.lora4j.text.token.TinyTokenizers;
import dev.lora4j.text.train.RewardTrainer;
import dev.lora4j.text.train.TextClassifierTrainer;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import dev.lora4j.text.train.TrainedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is trained and saved here is loaded by PEFT's {@code AutoPeftModel} classes, which find the
 * base and its kind in what is saved, with the same logits ({@code golden/auto_models.py}). Needs
 * {@code -Dlora4j.python=} with the packages of {@code src/test/golden}.
 */
@Tag("python")
class PeftAutoModelTest {
  private static final Lora4j LORA = Lora4j.open(EngineOptions.DEFAULT.threads(1));

  @TempDir private Path temporary;

  @AfterAll
  static void close() {
    LORA.close();
  }

  @ParameterizedTest
  @CsvSource({
    "llama, CausalLM, q_proj|lm_head",
    "gpt2, CausalLM, c_attn|c_fc",
    "t5, Seq2SeqLM, q|v",
    "t5, Seq2SeqLM, *Attention.o|wi|wo|lm_head",
    "flan-t5, Seq2SeqLM, *Attention.o|wi_*|lm_head",
    "umt5, Seq2SeqLM, k|wo"
  })
  void textsAreThoseOfPeft(String name, String kind, String targets)
      throws IOException, InterruptedException {
    requireSame(name, kind, settings(targets));
  }

  /** With sizes apart and fewer directions than in the beginning. */
  @ParameterizedTest
  @CsvSource({"llama, q_proj|down_proj", "gpt2, c_attn|c_fc"})
  void adaloraIsThatOfPeft(String name, String targets) throws IOException, InterruptedException {
    TextTrainingSettings settings = settings(targets);
    TrainableMethod adalora =
        TrainableMethods.named("adalora", Map.of("stored", "adalora", "tinit", 2, "tfinal", 2));
    requireSame(name, "CausalLM", settings.with(settings.recipe().method(adalora)));
    String config = Files.readString(temporary.resolve("adapter/adapter_config.json"));
    assertTrue(config.contains("\"peft_type\": \"ADALORA\""), config);
    assertTrue(config.contains("\"rank_pattern\": {"), config);
  }

  private void requireSame(String name, String kind, TextTrainingSettings settings)
      throws IOException, InterruptedException {
    boolean pairs = kind.equals("Seq2SeqLM");
    Path folder = Files.createDirectories(temporary.resolve("base"));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(Path.of("src/test/resources/models", name, file), folder.resolve(file));
    }
    try (LanguageModel model = LanguageModel.open(LORA, TinyTokenizers.letters(folder));
        Scope scope = model.scope().child("asked")) {
      TextExample example =
          pairs ? new TextExample.Pair("red fox", "seas") : new TextExample.Plain("red fox");
      TextForm form = pairs ? TextForm.PAIR : TextForm.TEXT;
      TrainedText trained =
          TextTrainer.on(model, settings)
              .data(new TextDataSet(form, List.of(example, example)))
              .run(step -> {});
      trained.save(temporary.resolve("adapter"));
      long[] present = AskedLogits.present();
      Tensor ids = Tensor.ofLongs(scope, AskedLogits.SHAPE, AskedLogits.ids());
      long[] places = AskedLogits.filled(i -> i % AskedLogits.TOKENS);
      Map<String, Tensor> inputs = new HashMap<>();
      inputs.put(TokenInputs.IDS, ids);
      inputs.put(TokenInputs.POSITIONS, Tensor.ofLongs(scope, AskedLogits.SHAPE, places));
      if (pairs) {
        inputs.put(OutputLoss.INPUT, ids);
        inputs.put(EncodedInputs.PRESENT, Tensor.ofLongs(scope, AskedLogits.SHAPE, present));
      }
      HostTensor logits =
          AdaptedLogits.of(scope, model.base(), MixPlan.of(trained.adapter(), 1), 3, inputs);
      HostTensor plain = AdaptedLogits.of(scope, model.base(), MixPlan.NONE, 3, inputs);
      assertTrue(off(logits.doubles(), plain.doubles()) > 1e-2, "the adapter changes too little");
      AskedLogits.assertSame(
          "AutoPeftModelFor" + kind,
          temporary.resolve("adapter"),
          pairs ? present : AskedLogits.filled(i -> 1),
          pairs,
          logits,
          List.of());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "bert, 3, query|value, ''",
    "bert, 3, query, *pooler.dense",
    "bert-plain, 2, query|dense, ''",
    "bert-plain, 5, query, ''",
    "roberta, 3, query, ''",
    "roberta, 3, value, *out_proj",
    "distilbert, 2, q_lin|lin1, ''"
  })
  void classesAreThoseOfPeft(String name, int labels, String targets, String saved)
      throws IOException, InterruptedException {
    Path folder = SmallClassifier.write(name, temporary.resolve("base"));
    List<String> classes = IntStream.range(0, labels).mapToObj(i -> "class " + i).toList();
    List<TextExample> examples =
        IntStream.range(0, 2 * labels)
            .<TextExample>mapToObj(
                i ->
                    new TextExample.Labelled("red fox,".repeat(1 + i % 3), classes.get(i % labels)))
            .toList();
    try (TextClassifier model = TextClassifier.open(LORA, folder, classes)) {
      TrainedText trained =
          TextClassifierTrainer.on(model, saving(settings(targets), saved))
              .data(new TextDataSet(TextForm.LABELLED, examples))
              .run(step -> {});
      trained.save(temporary.resolve("adapter"));
      AskedLogits.assertSame(
          "AutoPeftModelForSequenceClassification",
          temporary.resolve("adapter"),
          AskedLogits.present(),
          false,
          AskedLogits.of(model, MixPlan.of(trained.adapter(), 1)),
          classes);
    }
  }

  /** A base with padding, as PEFT's models take no several texts without. */
  @ParameterizedTest
  @CsvSource({"llama, q_proj|down_proj", "qwen2, k_proj", "gpt2, c_attn|c_fc", "gemma3, o_proj"})
  void rewardsAreThoseOfPeft(String name, String targets) throws IOException, InterruptedException {
    Path folder = SmallClassifier.write(name, temporary.resolve("base"));
    Path config = folder.resolve("config.json");
    String known = Files.readString(config).replaceAll("\"pad_token_id\": [a-z0-9]+,", "");
    Files.writeString(config, known.replaceFirst("\\{", "{\"pad_token_id\": 0,"));
    TextExample example = new TextExample.Preference("red", " fox", "es, fox");
    try (RewardModel model =
        RewardModel.open(
            LORA.engine().scope("reward model"), folder, TextLoadOptions.in(DType.F32), 0)) {
      TrainedText trained =
          RewardTrainer.on(model, settings(targets))
              .data(new TextDataSet(TextForm.PREFERENCE, List.of(example, example)))
              .run(step -> {});
      trained.save(temporary.resolve("adapter"));
    }
    try (TextClassifier model = TextClassifier.open(LORA, folder, List.of("LABEL_0"))) {
      AskedLogits.assertSame(
          "AutoPeftModelForSequenceClassification",
          temporary.resolve("adapter"),
          AskedLogits.present(),
          false,
          AskedLogits.of(model, MixPlan.of(model.adapter(temporary.resolve("adapter")), 1)),
          List.of());
    }
  }

  private static TextTrainingSettings settings(String targets) {
    TextTrainingSettings all = TextTrainingSettings.DEFAULT.steps(12, 3e-2).batch(2);
    return all.with(all.recipe().targets(TargetLayers.matching(targets.split("\\|"))).rank(3, 5));
  }

  /** With the whole head if nothing is said. */
  private static TextTrainingSettings saving(TextTrainingSettings settings, String saved) {
    return saved.isEmpty() ? settings : settings.with(settings.recipe().saved(saved));
  }

  private static double off(double[] found, double[] expected) {
    double worst = 0;
    double scale = 0;
    for (int i = 0; i < expected.length; i++) {
      worst = Math.max(worst, Math.abs(found[i] - expected[i]));
      scale = Math.max(scale, Math.abs(expected[i]));
    }
    return worst / scale;
  }
}
