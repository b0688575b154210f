package dev.lora4j.recipes.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recipes with small models and few steps: what they find, keep, and refuse. */
class RecipeCommandTest {
  private static final Path MODELS = Path.of("../../lora-text/src/test/resources/models");

  @TempDir private Path folder;

  private Path encoder() throws IOException {
    Path model = Files.createDirectories(folder.resolve("model"));
    for (String file : new String[] {"config.json", "model.safetensors"}) {
      Files.copy(MODELS.resolve("bert-plain").resolve(file), model.resolve(file));
    }
    Files.writeString(
        model.resolve("tokenizer.json"),
        """
        {"version": "1.0", "added_tokens": [], "normalizer": {"type": "Lowercase"},
         "pre_tokenizer": {"type": "BertPreTokenizer"},
         "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
         "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
           "max_input_chars_per_word": 100,
           "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "the": 4, "i": 5, "you": 6,
             "no": 7, "thanks": 8, "today": 9, "week": 10, "order": 11}}}
        """);
    Files.writeString(
        model.resolve("tokenizer_config.json"),
        """
        {"tokenizer_class": "BertTokenizer", "cls_token": "[CLS]", "sep_token": "[SEP]",
         "pad_token": "[PAD]", "unk_token": "[UNK]"}
        """);
    return model;
  }

  @Test
  void customerServiceAnswersAsWholeModelsDo() throws IOException {
    Path out = folder.resolve("out");
    Path base = encoder();
    Ran ran =
        Ran.of(
            "recipe",
            "customer-service",
            "--base",
            base,
            "-o",
            out,
            "--steps=5",
            "--messages=40",
            "--tasks=8",
            "--json");
    assertEquals(0, ran.code(), ran.err());
    JsonObject found = ran.json();
    assertTrue(found.get("apart").getAsDouble() < 1e-4, found.toString());
    assertTrue(found.get("routedPerSecond").getAsDouble() > 0, found.toString());
    assertTrue(ran.err().contains(" text train --base "), ran.err());
    assertTrue(Files.readString(out.resolve("findings.md")).contains("| 500 ms before"));
    Ran again =
        Ran.of(
            "recipe",
            "customer-service",
            "--base",
            base,
            "-o",
            out,
            "--steps=5",
            "--messages=40",
            "--tasks=2");
    assertEquals(0, again.code(), again.err());
    assertTrue(again.err().contains("(there already)"), again.err());
    Ran other = Ran.of("recipe", "customer-service", "--base", base, "-o", out, "--steps=6");
    assertEquals(1, other.code(), other.err());
    assertTrue(other.err().contains("recipe with other settings"), other.err());
  }

  @Test
  void domainExpertLearnsItsTexts() throws IOException {
    Path learned = folder.resolve("learned.txt");
    Path unseen = folder.resolve("unseen.txt");
    Files.writeString(
        learned, "The whale and the captain sailed over the deep sea again. ".repeat(60));
    Files.writeString(
        unseen, "The captain and the whale sailed over the deep sea again. ".repeat(24));
    Ran ran =
        Ran.of(
            "recipe",
            "domain-expert",
            "--data",
            learned,
            "--judged",
            unseen,
            "-o",
            folder.resolve("out"),
            "--steps=40",
            "--rank=8",
            "--batch=2",
            "--max-length=64",
            "--lr=3e-3",
            "--json");
    assertEquals(0, ran.code(), ran.err());
    JsonObject found = ran.json();
    double base = found.get("base").getAsDouble();
    double adapted = found.get("adapted").getAsDouble();
    assertTrue(adapted < base / 3, found.toString());
    assertEquals(adapted, found.get("merged").getAsDouble(), 1e-3 * adapted);
    assertTrue(
        found.get("adaptedCloze").getAsDouble() > found.get("baseCloze").getAsDouble(),
        found.toString());
    assertTrue(found.get("mergedMs").getAsDouble() > 0);
  }

  @Test
  void translationKeepsTheBaseAndAddsALanguage() {
    Ran ran =
        Ran.of(
            "recipe",
            "translation",
            "-o",
            folder.resolve("out"),
            "--base-steps=6",
            "--steps=3",
            "--sentences=40",
            "--judged=4",
            "--threads=1",
            "--json");
    assertEquals(0, ran.code(), ran.err());
    assertTrue(ran.err().contains(" --threads 1 -o "), ran.err());
    JsonObject found = ran.json();
    for (String key :
        new String[] {
          "avarBase", "coroBase", "coroAdapter", "coroMixed", "coroFull", "dimiAdapter"
        }) {
      double bleu = found.get(key).getAsDouble();
      assertTrue(bleu >= 0 && bleu <= 100, key + ": " + found);
    }
    assertTrue(found.get("coroBytes").getAsLong() > 0);
  }

  @Test
  void whatIsMissingOrInTheWayIsNamed() throws IOException {
    Ran none = Ran.of("recipe", "customer-service", "-o", folder.resolve("x"));
    assertEquals(2, none.code());
    assertTrue(none.err().contains("--base"), none.err());
    Ran writes =
        Ran.of(
            "recipe",
            "customer-service",
            "--base",
            MODELS.resolve("llama"),
            "-o",
            folder.resolve("x"));
    assertEquals(1, writes.code());
    assertTrue(writes.err().contains("writes texts"), writes.err());
    Path full = Files.createDirectories(folder.resolve("full"));
    Files.writeString(full.resolve("letter.txt"), "x");
    Ran taken = Ran.of("recipe", "translation", "-o", full);
    assertEquals(1, taken.code());
    assertTrue(taken.err().contains("a folder of its own"), taken.err());
    Ran half = Ran.of("recipe", "domain-expert", "--data", full, "-o", folder.resolve("x"));
    assertEquals(2, half.code());
    assertTrue(half.err().contains("go together"), half.err());
    Ran list = Ran.of("recipe");
    assertEquals(2, list.code());
    assertTrue(list.err().contains("translation"), list.err());
  }
}
