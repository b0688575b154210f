package dev.lora4j.spark.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.lora4j.cli.Main;
import dev.lora4j.spark.ColouredPictures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training whose own process is killed between steps, in processes of their own. */
@Tag("slow")
class KilledDriverTest {
  private static final Path OPTIONS =
      Path.of("..", "cli", "launcher", "spark.options").toAbsolutePath();
  private static final String STEPS = "40";

  @TempDir Path folder;

  private String told = "";

  @BeforeEach
  void write() throws IOException {
    ColouredPictures.write(folder);
  }

  private List<String> words(String output, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "spark",
                "train",
                "--images",
                folder.toString(),
                "--master",
                "local[2]",
                "--conf",
                "spark.driver.host=127.0.0.1",
                "--threads",
                "1",
                "--compute",
                "f32",
                "--batch",
                "1",
                "--rank",
                "2",
                "--steps",
                STEPS,
                "--json",
                "--set",
                "gradient_accumulation=2",
                "--set",
                "save.every=5",
                "--set",
                "previews.prompts=[]",
                "-o",
                folder.resolve(output).toString()));
    words.addAll(List.of(more));
    return words;
  }

  private Process start(String output) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + OPTIONS,
                "-Dai.djl.offline=true",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.lora4j.cli.Main"));
    words.addAll(words(output));
    return new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("killed.log").toFile())
        .start();
  }

  private String identity(List<String> words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            words.toArray(String[]::new));
    told = err.toString(StandardCharsets.UTF_8);
    assertEquals(0, code, told);
    String json = out.toString(StandardCharsets.UTF_8);
    return JsonParser.parseString(json).getAsJsonObject().get("identity").getAsString();
  }

  @Test
  void killedRunGoesOnToTheSameBits() throws Exception {
    Process killed = start("killed.safetensors");
    Path checkpoints = folder.resolve("killed.run/checkpoints");
    while (killed.isAlive() && !kept(checkpoints)) {
      Thread.sleep(5);
    }
    // SIGKILL: nothing is written any more, and no socket or folder is given back.
    killed.destroyForcibly().waitFor();
    assertFalse(Files.exists(folder.resolve("killed.safetensors")), "it was done before");
    assertTrue(kept(checkpoints), Files.readString(folder.resolve("killed.log")));
    String whole = identity(words("whole.safetensors"));
    assertEquals(whole, identity(words("killed.safetensors", "--resume")));
    assertFalse(told.contains("training: step 1 of"), told);
  }

  private static boolean kept(Path checkpoints) {
    String[] files = checkpoints.toFile().list();
    return files != null && List.of(files).stream().anyMatch(f -> f.endsWith(".safetensors"));
  }
}
