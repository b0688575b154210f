package dev.lora4j.text.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextExample;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.RandomLora;
import dev.lora4j.text.token.TinyTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch whose rows have adapters of their own is as many batches of one row. */
class RowLogitsTest {
  private static final Lora4j LORA = Lora4j.open(EngineOptions.DEFAULT.threads(1));
  private static final List<String> TEXTS = List.of("abcdef", "badcab", "fed", "cafe");

  @TempDir private Path temp;

  @AfterAll
  static void close() {
    LORA.close();
  }

  private LanguageModel open(String name) throws IOException {
    Path folder = Files.createDirectories(temp.resolve(name));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(Path.of("src/test/resources/models", name).resolve(file), folder.resolve(file));
    }
    return LanguageModel.open(LORA, TinyTokenizers.letters(folder), DType.F32);
  }

  private static List<TokenSequence> sequences(LanguageModel model, boolean pairs) {
    List<TextExample> examples = new ArrayList<>();
    for (String text : TEXTS) {
      examples.add(
          pairs
              ? new TextExample.Pair(text, text.substring(1))
              : new TextExample.Completion(text.substring(0, 1), text.substring(1)));
    }
    TextForm form = pairs ? TextForm.PAIR : TextForm.COMPLETION;
    return model
        .sequences(
            new TextDataSet(form, examples),
            new SequenceLimits(32, SequenceLimits.Longer.CUT, false))
        .sequences();
  }

  /** Compares a batch with its rows alone, and these with the plain network at one mix. */
  private static void rowsAreBatches(
      LanguageModel model, List<TokenSequence> rows, List<MixPlan> plans) {
    List<Integer> numbers = List.of(0, 1, 0, 2);
    try (Scope scope = model.scope().child("test")) {
      RowLogits logits = new RowLogits(scope, model, plans);
      float[] all = logits.of(scope, numbers, rows).floats();
      int at = 0;
      double apart = 0;
      double moved = 0;
      for (int row = 0; row < rows.size(); row++) {
        List<TokenSequence> one = rows.subList(row, row + 1);
        RowLogits single = new RowLogits(scope, model, List.of(plans.get(numbers.get(row))));
        float[] own = single.of(scope, List.of(0), one).floats();
        RowLogits none = new RowLogits(scope, model, List.of(MixPlan.NONE));
        float[] base = none.of(scope, List.of(0), one).floats();
        assertEquals(one.get(0).learned() * model.network().vocabulary(), own.length);
        for (int i = 0; i < own.length; i++) {
          apart = Math.max(apart, Math.abs(own[i] - all[at]));
          moved = Math.max(moved, Math.abs(own[i] - base[i]));
          at++;
        }
      }
      assertEquals(all.length, at);
      assertTrue(apart < 1e-4 && moved > 0.01, apart + " apart, " + moved + " moved");
    }
  }

  @Test
  void rowsOfUnmergedAdaptersShareABatch() throws IOException {
    try (LanguageModel model = open("llama")) {
      rowsAreBatches(
          model,
          sequences(model, false),
          List.of(
              MixPlan.of(RandomLora.of(model, "a", 1, "_proj"), 0.8),
              MixPlan.of(RandomLora.of(model, "b", 2, "mlp"), -0.5),
              MixPlan.NONE));
    }
  }

  @Test
  void rowsOfMergedAdaptersRunByThemselves() throws IOException {
    try (LanguageModel model = open("llama")) {
      Adapter dora = model.adapter(Path.of("src/test/resources/adapters/dora"));
      rowsAreBatches(
          model,
          sequences(model, false),
          List.of(
              MixPlan.of(dora, 1),
              MixPlan.of(RandomLora.of(model, "b", 2, "_proj"), 0.5),
              MixPlan.of(RandomLora.of(model, "c", 3, "q_proj"), 0.5)));
    }
  }

  /** Rows are not told apart behind the places that are asked for. */
  @Test
  void rowsWithAnAdaptedHeadRunByThemselves() throws IOException {
    try (LanguageModel model = open("flan-t5")) {
      rowsAreBatches(
          model,
          sequences(model, true),
          List.of(
              MixPlan.of(RandomLora.of(model, "a", 1, "lm_head"), 1),
              MixPlan.of(RandomLora.of(model, "b", 2, "Attention"), 0.5),
              MixPlan.of(RandomLora.of(model, "c", 3, "lm_head"), -0.5)));
    }
  }

  @Test
  void rowsOfEncodersAndDecodersShareABatch() throws IOException {
    try (LanguageModel model = open("t5")) {
      rowsAreBatches(
          model,
          sequences(model, true),
          List.of(
              MixPlan.of(RandomLora.of(model, "a", 1, "Attention"), 1),
              MixPlan.of(RandomLora.of(model, "b", 2, ""), 0.5),
              MixPlan.NONE));
    }
  }

  @Test
  void adaptersOfOtherBasesAreRefused() throws IOException {
    try (LanguageModel model = open("llama");
        LanguageModel other = open("t5");
        Scope scope = model.scope().child("test")) {
      Adapter foreign = RandomLora.of(other, "foreign", 1, "Attention");
      AdapterException e =
          assertThrows(
              AdapterException.class,
              () -> new RowLogits(scope, model, List.of(MixPlan.of(foreign, 1))));
      assertTrue(String.valueOf(e.getMessage()).contains("has no layer"), e.getMessage());
    }
  }
}
