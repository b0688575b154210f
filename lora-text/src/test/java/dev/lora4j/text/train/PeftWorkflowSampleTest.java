package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.text.pipeline.SmallModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class PeftWorkflowSampleTest {
  private static final Path SOURCE =
      Path.of("src/test/java/dev/lora4j/text/train/PeftWorkflowSample.java");

  @TempDir private Path folder;

  private Path trained() throws IOException {
    Path base = SmallModel.write(folder.resolve("base"));
    Path texts =
        Files.writeString(
            folder.resolve("texts.jsonl"),
            """
            {"text": "The cat sat on the mat."}
            {"text": "The dog ran to the cat."}
            """);
    Path mine = folder.resolve("mine");
    PeftWorkflowSample.main(new String[] {base.toString(), texts.toString(), mine.toString()});
    return mine;
  }

  @Test
  void sampleWritesThatConfiguration() throws IOException {
    JsonObject config =
        JsonParser.parseString(Files.readString(trained().resolve("adapter_config.json")))
            .getAsJsonObject();
    assertEquals(16, config.get("r").getAsInt());
    assertEquals(32, config.get("lora_alpha").getAsInt());
    assertEquals("[\"q_proj\",\"v_proj\"]", config.get("target_modules").toString());
    assertEquals("none", config.get("bias").getAsString());
    assertEquals("CAUSAL_LM", config.get("task_type").getAsString());
  }

  /** Needs {@code -Dlora4j.python=} with the packages of {@code src/test/golden}. */
  @Test
  @Tag("python")
  void peftLoadsWhatTheSampleWrites() throws IOException, InterruptedException {
    Process python =
        new ProcessBuilder(
                System.getProperty("lora4j.python", "python3"),
                "src/test/golden/peft_workflow.py",
                folder.resolve("base").toString(),
                trained().toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String told = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, python.waitFor());
    assertEquals("16 32 ['q_proj', 'v_proj'] none True", told.strip());
  }

  @Test
  void documentShowsTheSample() throws IOException {
    String source = Files.readString(SOURCE).replace("\r\n", "\n");
    String shown = source.substring(source.indexOf("import "));
    String document =
        Files.readString(Path.of("../docs/coming-from-peft.md")).replace("\r\n", "\n");
    assertTrue(document.contains(shown), "docs/coming-from-peft.md does not show " + SOURCE);
  }
}
