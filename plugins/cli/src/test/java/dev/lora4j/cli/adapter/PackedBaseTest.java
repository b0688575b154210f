package dev.lora4j.cli.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import dev.lora4j.cli.text.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models packed by GPTQ and AWQ on the command line. */
class PackedBaseTest {
  private static final Path PACKED =
      Path.of("../../lora-core/src/test/resources/dev/lora4j/core/model/packed/llama-gptq");

  @TempDir private Path folder;

  @Test
  void aPackedModelIsRefusedUntilItIsConverted() throws IOException {
    Path packed = folder.resolve("packed");
    Path out = folder.resolve("plain");
    Tokenizers.copy(PACKED, packed);
    Tokenizers.words(packed);
    Run refused = Run.of("text", "generate", "red fox", "--base", packed);
    assertEquals(1, refused.code());
    assertTrue(refused.err().contains("./lora4j convert "), refused.err());
    Run run = Run.of("convert", packed, "-o", out, "--dtype=bf16", "--json");
    assertEquals(0, run.code(), run.err());
    JsonObject json = run.json();
    assertEquals("GPTQ, 4 bits in groups of 32", json.get("packed").getAsString());
    assertEquals(14, json.get("weights").getAsInt());
    assertEquals("BF16", json.get("dtype").getAsString());
    // Its weights are exactly those that the network asks for.
    Run merged = Run.of("text", "merge", "--base", out, "-o", folder.resolve("merged"));
    assertEquals(0, merged.code(), merged.err());
    assertTrue(Files.exists(folder.resolve("merged/model.safetensors")));
    assertTrue(Files.exists(out.resolve("tokenizer.json")));
  }

  @Test
  void optionsOfAdaptersAreRefused() {
    Run run = Run.of("convert", PACKED, folder.resolve("plain"), "--layout=peft");
    assertEquals(2, run.code());
    assertTrue(run.err().contains("--layout"), run.err());
    assertFalse(Files.exists(folder.resolve("plain")));
  }
}
