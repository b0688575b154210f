package dev.lora4j.spark.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.lora4j.spark.ColouredPictures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training whose own process is killed between steps, in processes of their own. */
@Tag("slow")
class KilledDriverTest {
  private static final Path OPTIONS =
      Path.of("..", "cli", "launcher", "spark.options").toAbsolutePath();
  private static final int STEPS = 60;

  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    ColouredPictures.write(folder);
  }

  private Process start(String output, String... more) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + OPTIONS,
                "-Dai.djl.offline=true",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.lora4j.cli.Main",
                "spark",
                "train",
                "--images",
                folder.toString(),
                "--master",
                "local[2]",
                "--threads",
                "1",
                "--compute",
                "f32",
                "--batch",
                "1",
                "--rank",
                "2",
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
    return new ProcessBuilder(words)
        .redirectError(folder.resolve(output + ".err").toFile())
        .redirectOutput(folder.resolve(output + ".out").toFile())
        .start();
  }

  private String identity(String output, Process process) throws Exception {
    assertTrue(process.waitFor(5, TimeUnit.MINUTES));
    String told = Files.readString(folder.resolve(output + ".err"), StandardCharsets.UTF_8);
    assertEquals(0, process.exitValue(), told);
    String json = Files.readString(folder.resolve(output + ".out"), StandardCharsets.UTF_8);
    return JsonParser.parseString(json).getAsJsonObject().get("identity").getAsString();
  }

  @Test
  void killedRunGoesOnToTheSameBits() throws Exception {
    String steps = Integer.toString(STEPS);
    String whole = identity("whole.safetensors", start("whole.safetensors", "--steps", steps));
    Process killed = start("killed.safetensors", "--steps", steps);
    Path checkpoints = folder.resolve("killed.run/checkpoints");
    while (killed.isAlive() && !kept(checkpoints)) {
      Thread.sleep(5);
    }
    // SIGKILL: nothing is written any more, and no socket or folder is given back.
    killed.destroyForcibly().waitFor();
    assertFalse(Files.exists(folder.resolve("killed.safetensors")), "it was done before");
    Process resumed = start("killed.safetensors", "--steps", steps, "--resume");
    assertEquals(whole, identity("killed.safetensors", resumed));
    String told = Files.readString(folder.resolve("killed.safetensors.err"));
    assertFalse(told.contains("step 1 of"), told);
  }

  private static boolean kept(Path checkpoints) {
    String[] files = checkpoints.toFile().list();
    return files != null && List.of(files).stream().anyMatch(f -> f.endsWith(".safetensors"));
  }
}
