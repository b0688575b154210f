package dev.lora4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outputs of inputs by commands, on a small FLAN-T5. */
class TextPairsTest {
  private static final Path MODEL = Path.of("../../lora-text/src/test/resources/models/flan-t5");

  @TempDir private static Path folder;
  private static String base = "";
  private static Path adapter = Path.of("");

  @BeforeAll
  static void train() throws IOException {
    Path model = Files.createDirectories(folder.resolve("model"));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(MODEL.resolve(file), model.resolve(file));
    }
    StringBuilder letters = new StringBuilder();
    "abcdefghijklmnopqrstuvwxyz"
        .chars()
        .forEach(letter -> letters.append(", [\"%c\", -2.0]".formatted(letter)));
    Files.writeString(
        model.resolve("tokenizer.json"),
        """
        {"version": "1.0", "truncation": null, "padding": null, "normalizer": null,
         "added_tokens": [
           {"id": 0, "content": "<pad>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
           {"id": 1, "content": "</s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
         "pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": true},
         "post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
           "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
           "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}},
         "decoder": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": true},
         "model": {"type": "Unigram", "unk_id": 2, "byte_fallback": false,
           "vocab": [["<pad>", 0.0], ["</s>", 0.0], ["<unk>", 0.0], ["\u2581", -1.0]%s]}}
        """
            .formatted(letters));
    Files.writeString(
        model.resolve("tokenizer_config.json"),
        "{\"tokenizer_class\": \"PreTrainedTokenizerFast\", \"eos_token\": \"</s>\", \"pad_token\": \"<pad>\"}");
    base = "--base=" + model;
    Path data = folder.resolve("pairs.jsonl");
    Files.writeString(
        data,
        """
        {"input": "red fox", "target": "seas"}
        {"input": "blue whale", "target": "cloud"}
        """);
    adapter = folder.resolve("adapter");
    Run trained =
        Run.of("text", "train", base, "--data=" + data, "-o", adapter, "--steps=80", "--rate=2e-2");
    assertEquals(0, trained.code(), trained.err());
  }

  @Test
  void anOutputIsWrittenWithoutItsInput() {
    String lora = "--lora=" + adapter;
    Run one = Run.of("text", "generate", "red fox", base, lora, "--tokens=8");
    assertEquals(List.of("seas"), one.out().lines().toList(), one.err());
    Run two = Run.of("text", "generate", "blue whale", "red fox", base, lora, "--tokens=8");
    assertEquals(List.of("cloud", "", "seas", ""), two.out().lines().toList(), two.err());
    Run beams = Run.of("text", "generate", "red fox", base, lora, "--tokens=8", "--beams=2");
    assertTrue(beams.out().startsWith("seas"), beams.out());
  }
}
