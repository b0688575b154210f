package dev.lora4j.cli.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.cli.adapter.AlteredBase;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.spi.BuiltJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A base whose text encoder a jar brings: it makes pictures, and adapters of it are trained. */
class TextEncoderPluginTest {
  /** The one that the testkit's contract is tried on. */
  private static final Path SOURCE =
      Path.of("../testkit/src/test/java/dev/lora4j/testkit/WordsFamily.java");

  private static final int WIDTH = 24;
  private static final List<String> WORDS = List.of("a", "ball", "of", "colour", "fox");

  @TempDir private Path folder;

  @BeforeEach
  void writeBase() throws IOException {
    AlteredBase.copy(base(), "text_encoder", "tokenizer");
    Path encoder = Files.createDirectories(base().resolve("text_encoder"));
    Files.writeString(
        encoder.resolve("config.json"),
        """
        {"architectures": ["WordsModel"], "vocab_size": 7, "hidden_size": 24, "places": 8}
        """);
    AlteredBase.weights(
        encoder.resolve("model.safetensors"),
        Map.of(
            "words.weight", Shape.of(WORDS.size() + 2, WIDTH),
            "mean.weight", Shape.of(WIDTH, WIDTH),
            "mean.bias", Shape.of(WIDTH)));
    Path tokenizer = Files.createDirectories(base().resolve("tokenizer"));
    Files.write(tokenizer.resolve("words.txt"), WORDS);
  }

  private Path base() {
    return folder.resolve("base");
  }

  private String plugins() throws IOException {
    Path plugins = Files.createDirectories(folder.resolve("plugins"));
    new BuiltJar()
        .source("dev.lora4j.testkit.WordsFamily", Files.readString(SOURCE))
        .at(plugins.resolve("words.jar"));
    return "--plugins=" + plugins;
  }

  private Run run(String... words) {
    List<Object> all = new ArrayList<>(List.of(words));
    all.add("--base=" + base());
    return Run.of(all.toArray());
  }

  private Run picture(String name, String prompt, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "generate",
                prompt,
                "--steps=2",
                "--seed=1",
                "-o",
                folder.resolve(name).toString()));
    words.addAll(List.of(more));
    return run(words.toArray(String[]::new));
  }

  private long difference(String one, String other) throws IOException {
    return Files.mismatch(folder.resolve(one), folder.resolve(other));
  }

  @Test
  void pluginEncoderMakesPicturesAndTrainsAdapters() throws IOException {
    String jar = plugins();
    Run made = picture("fox.png", "a (fox:1.3)", jar);
    assertEquals(0, made.code(), made.err());
    assertEquals(0, picture("ball.png", "a ball", jar).code());
    assertNotEquals(-1, difference("fox.png", "ball.png"));
    Path pictures = Run.pictures(folder.resolve("pictures"));
    String file = folder.resolve("style.safetensors").toString();
    List<String> words = new ArrayList<>(AlteredBase.training(pictures, file));
    words.addAll(
        List.of(
            jar,
            "--set=adapter.include=['text_encoder.mean', 'to_k']",
            "--set=optimizer.rate=0.05"));
    Run trained = run(words.toArray(String[]::new));
    assertEquals(0, trained.code(), trained.err());
    Run told = run("inspect", file, jar);
    assertEquals(0, told.code(), told.err());
    assertTrue(told.out().contains("text_encoder"), told.out());
    Run styled = picture("styled.png", "a (fox:1.3)", "--lora=" + file, jar);
    assertEquals(0, styled.code(), styled.err());
    assertNotEquals(-1, difference("fox.png", "styled.png"));
  }

  @Test
  void missingEncoderPluginNamesTheKnownKinds() {
    Run refused = picture("fox.png", "a fox");
    assertEquals(1, refused.code(), refused.err());
    assertTrue(
        refused.err().contains("no kind of text encoder knows architectures WordsModel"),
        refused.err());
    assertTrue(refused.err().contains("there are clip"), refused.err());
  }
}
