package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.cli.adapter.TriedAdapter;
import dev.lora4j.cli.text.Tokenizers;
import dev.lora4j.tinylm.TinyLm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each method gives on each kind of language model is an adapter for every command. */
@Tag("slow")
class TrainedTextAdaptersTest {
  private static final Path TEXTS = Path.of("../../lora-text/src/test/resources/models");

  private static final String WORDS = "{\"text\": \"The cat sat on the mat.\"}\n".repeat(2);

  @TempDir private Path folder;

  private TriedAdapter texts(String method, Path base, String title, String data)
      throws IOException {
    Path file = Files.writeString(folder.resolve("data.jsonl"), data);
    boolean peft = TriedAdapter.OF_PEFT.contains(method);
    String named = method + "-" + title.replace(' ', '-') + (peft ? "" : ".safetensors");
    Path out = folder.resolve(named);
    Run run =
        Run.of(
            "text",
            "train",
            "--data=" + file,
            "-o",
            out,
            "--base=" + base,
            "--method=" + method,
            "--layout=" + (peft ? "peft" : "kohya"),
            "--rank=2",
            "--steps=" + (method.equals("relora") ? 4 : 1),
            "--max-length=16");
    assertEquals(0, run.code(), run.err());
    return new TriedAdapter(out, method, base, title);
  }

  private void generating(String method) throws IOException {
    TriedAdapter llama = texts(method, model("llama"), "llama", WORDS);
    llama.inspected();
    llama.converted();
    llama.computed();
    llama.baked();
    llama.used(
        "text",
        "generate",
        "one",
        "--base=" + llama.base(),
        "--lora=" + llama.file(),
        "--max-new-tokens=2");
  }

  private TriedAdapter classifying(String method) throws IOException {
    String classes =
        "{\"text\": \"one\", \"label\": \"a\"}\n{\"text\": \"two\", \"label\": \"b\"}\n";
    TriedAdapter bert = texts(method, model("bert-plain"), "bert-plain", classes);
    bert.used("text", "classify", "one", "--base=" + bert.base(), "--lora=" + bert.file());
    return bert;
  }

  @ParameterizedTest
  @ValueSource(strings = {"lora", "dora", "loha", "lokr", "ia3", "full", "relora", "rank-growth"})
  void adaptersOfLanguageModelsAreRecognised(String method) throws IOException {
    String pairs = "{\"input\": \"one\", \"target\": \"two\"}\n".repeat(2);
    generating(method);
    texts(method, model("gpt2"), "gpt2", WORDS).inspected();
    texts(method, model("t5"), "t5", pairs).inspected();
    TriedAdapter bert = classifying(method);
    bert.inspected();
    texts(method, TinyLm.folder(), "the bundled model tiny-lm", WORDS).inspected();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"miss", "gralora", "hira", "hydra", "mora", "oft", "boft", "shira", "vera"})
  void adaptersOfMethodsOfPeftWork(String method) throws IOException {
    generating(method);
    classifying(method);
    if (!Set.of("miss", "shira").contains(method)) {
      texts(method, model("gpt2"), "gpt2", WORDS).inspected();
    }
  }

  /** PEFT has them at linear layers alone, and GPT-2's are stored the other way round. */
  @ParameterizedTest
  @ValueSource(strings = {"miss", "shira"})
  void turnedLayersAreRefusedBeforeTraining(String method) throws IOException {
    Path gpt2 = model("gpt2");
    Path data = folder.resolve("words.jsonl");
    Files.writeString(data, "{\"text\": \"The cat sat on the mat.\"}\n");
    Run run =
        Run.of(
            "text",
            "train",
            "--data=" + data,
            "-o",
            folder.resolve("none"),
            "--base=" + gpt2,
            "--method=" + method,
            "--rank=2",
            "--steps=1",
            "--max-length=16");
    assertEquals(1, run.code(), run.out());
    assertTrue(run.err().contains("Conv1D of transformers"), run.err());
  }

  @Test
  void methodsOfPicturesAreRefusedBeforeTraining() throws IOException {
    Path llama = model("llama");
    Path data = Files.writeString(folder.resolve("words.jsonl"), WORDS);
    Path out = folder.resolve("none.safetensors");
    List<Object> words =
        List.of("text", "train", "--data=" + data, "-o", out, "--base=" + llama, "--steps=1");
    List<Object> asked = new ArrayList<>(words);
    asked.addAll(List.of("--method=tlora", "--rank=2", "--max-length=16"));
    Run run = Run.of(asked.toArray());
    assertEquals(1, run.code(), run.out());
    String told = "tlora learns by how much noise there is in a picture, and texts have none";
    assertTrue(run.err().contains(told), run.err());
    assertTrue(Files.notExists(out));
  }

  private Path model(String name) throws IOException {
    Path model = folder.resolve(name);
    Tokenizers.copy(TEXTS.resolve(name), model);
    if (name.startsWith("bert")) {
      Tokenizers.words(model);
    } else {
      Tokenizers.letters(model);
    }
    return model;
  }
}
