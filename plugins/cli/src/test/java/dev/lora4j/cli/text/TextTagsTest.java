package dev.lora4j.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Classes of words by commands, on small models without a head. */
class TextTagsTest {
  private static final Path MODELS = Path.of("../../lora-text/src/test/resources/models");

  @TempDir private Path folder;
  private String base = "";
  private Path data = Path.of("");

  @BeforeEach
  void write() throws IOException {
    base = model("bert-plain");
    data =
        Files.writeString(
            folder.resolve("data.jsonl"),
            """
            {"tokens": ["red", "fox", "blue"], "tags": ["B-A", "I-A", "O"]}
            {"tokens": ["fox", "red", "blue"], "ner_tags": ["B-A", "O", "O"]}
            {"words": ["blue", "fox"], "labels": ["O", "B-A"]}
            {"words": ["red", "red"], "labels": ["O", "O"]}
            """);
  }

  private String model(String name) throws IOException {
    Path model = folder.resolve(name);
    Tokenizers.copy(MODELS.resolve(name), model);
    Tokenizers.words(model);
    return "--base=" + model;
  }

  private Run train(Path out, Object... more) {
    List<Object> all =
        new ArrayList<>(List.of("text", "train", base, "--data=" + data, "-o", out, "--steps=80"));
    all.addAll(List.of("--batch=4", "--rank=4", "--lr=1e-2", "--json"));
    all.addAll(List.of(more));
    return Run.of(all.toArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert-plain", "llama"})
  void trainedModelFindsWords(String name) throws IOException {
    base = name.equals("bert-plain") ? base : model(name);
    Path out = folder.resolve("mine");
    Run trained = train(out, "--task=tag");
    assertEquals(0, trained.code(), trained.err());
    String config = Files.readString(out.resolve("adapter_config.json"));
    assertTrue(config.contains("\"TOKEN_CLS\""), config);
    Run scored = Run.of("text", "evaluate", base, "--data=" + data, "--lora=" + out, "--json");
    assertEquals(0, scored.code(), scored.err());
    assertFalse(scored.json().has("base"), scored.out());
    JsonObject found = scored.json().getAsJsonObject("adapters");
    assertEquals(10, found.get("words").getAsInt());
    if (name.equals("bert-plain")) {
      // A decoder reads the first words before it can know what follows.
      assertEquals(1, found.get("accuracy").getAsDouble(), scored.out());
      assertEquals(1, found.getAsJsonObject("entities").get("f1").getAsDouble(), scored.out());
    }
    Run told = Run.of("text", "classify", "Red fox, blue", base, "--lora=" + out, "--json");
    assertEquals(0, told.code(), told.err());
    JsonObject text = told.json().getAsJsonArray("texts").get(0).getAsJsonObject();
    assertEquals(4, text.getAsJsonArray("words").size(), told.out());
  }

  @Test
  void entitiesAreTold() throws IOException {
    Path out = folder.resolve("mine");
    assertEquals(0, train(out).code());
    Run told = Run.of("text", "classify", "red fox blue", "blue fox", base, "--lora=" + out);
    assertEquals(0, told.code(), told.err());
    assertTrue(
        told.out()
            .matches("red fox blue\\RA {10}0\\.\\d{4} {2}red fox\\Rblue fox\\RA {10}0.* {2}fox\\R"),
        told.out());
  }

  /** The whole model has its own head, and tells what base and adapter do. */
  @Test
  void mergedModelHasTheHead() throws IOException {
    Path out = folder.resolve("mine");
    assertEquals(0, train(out).code());
    Path merged = folder.resolve("merged");
    Run written =
        Run.of("text", "merge", base, "--lora=" + out, "-o", merged, "--dtype=f32", "--json");
    assertEquals(0, written.code(), written.err());
    String config = Files.readString(merged.resolve("config.json"));
    assertTrue(config.contains("\"BertForTokenClassification\""), config);
    assertFalse(config.contains("single_label_classification"), config);
    Run expected = Run.of("text", "evaluate", base, "--data=" + data, "--lora=" + out, "--json");
    Run found = Run.of("text", "evaluate", "--base=" + merged, "--data=" + data, "--json");
    assertEquals(0, found.code(), found.err());
    assertEquals(expected.json().get("adapters"), found.json().get("base"));
    Run refused = Run.of("text", "generate", "red", "--base=" + merged);
    assertEquals(1, refused.code(), refused.err());
  }

  @Test
  void adapterIsTrainedFurtherOnItsOwnClasses() throws IOException {
    Path out = folder.resolve("mine");
    JsonObject first = train(out).json();
    Run further =
        Run.of(
            "text",
            "train",
            base,
            "--data=" + data,
            "-o",
            folder.resolve("further"),
            "--from=" + out,
            "--steps=2",
            "--lr=1e-30",
            "--json");
    assertEquals(0, further.code(), further.err());
    assertEquals(first.get("identity"), further.json().get("identity"));
    Files.writeString(data, "{\"tokens\": [\"red\", \"fox\"], \"tags\": [\"O\", \"B-B\"]}");
    Run refused =
        Run.of("text", "train", base, "--data=" + data, "-o", folder.resolve("x"), "--from=" + out);
    assertTrue(refused.err().contains("but there are words of B-B"), refused.err());
  }

  private void assertRefused(String why, Object... words) {
    Run refused = Run.of(words);
    assertTrue(refused.code() != 0, why);
    assertTrue(refused.err().contains(why), refused.err());
  }

  /** Its head has classes of words, so texts with one class each are nothing for it. */
  @Test
  void adapterOfWordsIsRefusedForWholeTexts() throws IOException {
    Path out = folder.resolve("mine");
    assertEquals(0, train(out).code());
    Files.writeString(
        data,
        """
        {"text": "red fox", "label": "O"}
        {"text": "blue fox", "label": "B-A"}
        """);
    String why = "has a head that tells classes of words, not those of whole texts";
    String given = "--data=" + data;
    assertRefused(why, "text", "evaluate", base, given, "--lora=" + out);
    Path further = folder.resolve("further");
    assertRefused(why, "text", "train", base, given, "--from=" + out, "-o", further);
    assertFalse(Files.exists(further));
  }

  @Test
  void whatIsWrongIsNamed() throws IOException {
    Path out = folder.resolve("mine");
    String given = "--data=" + data;
    assertRefused("has no head that tells classes of words", "text", "evaluate", base, given);
    assertRefused(
        "--padding-free does not go with words",
        "text",
        "train",
        base,
        given,
        "-o",
        out,
        "--padding-free");
    Files.writeString(
        data,
        """
        {"tokens": ["red", "fox"], "tags": ["O"]}
        {"tokens": [], "tags": []}
        {"tokens": ["red", ""], "tags": ["O", "O"]}
        {"tokens": "red", "tags": ["O"]}
        """);
    Run wrong = Run.of("text", "train", base, given, "-o", out);
    assertTrue(wrong.err().contains("line 1 has 2 texts at 'tokens' and 1 classes"), wrong.err());
    assertTrue(wrong.err().contains("line 2 has an empty list"), wrong.err());
    assertTrue(wrong.err().contains("line 3 has no text in its list 'tokens'"), wrong.err());
    assertTrue(wrong.err().contains("line 4 has no list at 'tokens'"), wrong.err());
    Files.writeString(data, "{\"tokens\": [\"red\"], \"tags\": [\"O\"]}");
    assertRefused("nothing to tell apart", "text", "train", base, given, "-o", out);
    assertFalse(Files.exists(out));
  }
}
