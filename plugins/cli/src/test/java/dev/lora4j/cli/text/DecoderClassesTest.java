package dev.lora4j.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Classes of texts by commands, on small decoders that were saved to go on from texts. */
class DecoderClassesTest {
  private static final Path MODELS = Path.of("../../lora-text/src/test/resources/models");

  @TempDir private Path folder;

  private Path model(String name) throws IOException {
    Path model = Files.createDirectories(folder.resolve("model"));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(MODELS.resolve(name).resolve(file), model.resolve(file));
    }
    Files.writeString(
        model.resolve("tokenizer.json"),
        """
        {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
         "normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null,
         "decoder": null,
         "model": {"type": "WordLevel", "unk_token": "[UNK]",
           "vocab": {"[UNK]": 0, "red": 5, "fox": 6, "blue": 7}}}
        """);
    return model;
  }

  private Path data() throws IOException {
    return Files.writeString(
        folder.resolve("data.jsonl"),
        """
        {"text": "red fox", "label": "warm"}
        {"text": "blue fox", "label": "cold"}
        {"text": "fox fox red", "label": "warm"}
        {"text": "fox fox blue", "label": "cold"}
        {"text": "red", "label": "warm"}
        {"text": "blue", "label": "cold"}
        """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2"})
  void adapterWithHeadIsTrainedUsedAndMerged(String name) throws IOException {
    String base = "--base=" + model(name);
    Path out = folder.resolve("mine");
    Run trained =
        Run.of(
            "text",
            "train",
            base,
            "--data=" + data(),
            "-o",
            out,
            "--steps=60",
            "--batch=3",
            "--rank=4",
            "--rate=1e-2",
            "--json");
    assertEquals(0, trained.code(), trained.err());
    assertTrue(trained.err().contains("score.weight"), trained.err());
    String config = Files.readString(out.resolve("adapter_config.json"));
    assertTrue(config.contains("\"task_type\": \"SEQ_CLS\""), config);
    assertTrue(config.replaceAll("\\s", "").contains("\"modules_to_save\":[\"score\"]"), config);
    Run told = Run.of("text", "classify", "red fox", "fox blue", base, "--lora=" + out);
    assertEquals(0, told.code(), told.err());
    assertTrue(told.out().matches("(?s)warm .*red fox\\Rcold .*fox blue\\R"), told.out());
    Path merged = folder.resolve("merged");
    Run written = Run.of("text", "merge", base, "--lora=" + out, "-o", merged, "--precision=f32");
    assertEquals(0, written.code(), written.err());
    assertTrue(
        Files.readString(merged.resolve("config.json")).contains("ForSequenceClassification"));
    Run again = Run.of("text", "classify", "red fox", "fox blue", "--base=" + merged);
    assertEquals(told.out(), again.out(), again.err());
    Run words = Run.of("text", "generate", "red", "--base=" + merged);
    assertEquals(1, words.code(), words.out());
    assertTrue(words.err().contains("a head for classes"), words.err());
  }
}
