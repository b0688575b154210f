package dev.lora4j.cli.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters in GGUF on the command line. */
class GgufAdapterCommandsTest {
  private static final Path RESOURCES = Path.of("../../lora-text/src/test/resources");
  private static final Path PEFT = RESOURCES.resolve("adapters/lora");
  private static final Path GGUF = RESOURCES.resolve("gguf-adapters/lora.gguf");
  private static final String BASE = "--base=" + RESOURCES.resolve("models/llama");

  @TempDir private Path folder;

  private static Run done(Object... words) {
    Run run = Run.of(words);
    assertEquals(0, run.code(), run.err());
    return run;
  }

  @Test
  void peftToGgufAndBackIsTheSameAdapter() {
    Path gguf = folder.resolve("a.gguf");
    JsonObject to = done("convert", PEFT, "-o", gguf, BASE, "--json").json();
    assertEquals("gguf", to.get("layout").getAsString());
    assertEquals(to.get("identity_before"), to.get("identity_after"));
    Path back = folder.resolve("back");
    JsonObject from = done("convert", gguf, "-o", back, BASE, "--json").json();
    assertEquals("peft", from.get("layout").getAsString());
    assertEquals(to.get("identity_before"), from.get("identity_after"));
    assertTrue(Files.exists(back.resolve("adapter_model.safetensors")));
    Path kohya = folder.resolve("k.safetensors");
    JsonObject one = done("convert", gguf, kohya, "--layout=kohya", BASE, "--json").json();
    assertEquals(to.get("identity_before"), one.get("identity_after"));
  }

  /** A folder that PEFT's configuration names is the base, if it is here. */
  @Test
  void theBaseOfPeftsConfigurationIsTaken() throws IOException {
    Path peft = Files.createDirectory(folder.resolve("peft"));
    Files.copy(
        PEFT.resolve("adapter_model.safetensors"), peft.resolve("adapter_model.safetensors"));
    String config = Files.readString(PEFT.resolve("adapter_config.json"));
    String base = RESOURCES.resolve("models/llama").toAbsolutePath().toString();
    Files.writeString(
        peft.resolve("adapter_config.json"),
        config.replaceFirst("(\"base_model_name_or_path\": )\"[^\"]*\"", "$1\"" + base + "\""));
    done("convert", peft, folder.resolve("a.gguf"));
    Run unknown = Run.of("convert", PEFT, folder.resolve("b.gguf"));
    assertEquals(1, unknown.code());
    assertTrue(unknown.err().contains("--base"), unknown.err());
    assertFalse(Files.exists(folder.resolve("b.gguf")));
  }

  @Test
  void wrongOutputsAreUsageErrors() {
    Run none = Run.of("convert", PEFT, BASE);
    assertEquals(2, none.code());
    assertTrue(none.err().contains("OUT"), none.err());
    Run layout = Run.of("convert", PEFT, folder.resolve("x.safetensors"), BASE);
    assertEquals(2, layout.code());
    assertTrue(layout.err().contains("--layout"), layout.err());
    Run ending = Run.of("convert", PEFT, folder.resolve("x.bin"), "--layout=gguf", BASE);
    assertEquals(2, ending.code());
    assertTrue(ending.err().contains(".gguf"), ending.err());
  }

  @Test
  void inspectSaysWhatItIs() {
    Run plain = done("inspect", GGUF);
    assertTrue(plain.out().contains("LoRA adapter of llama.cpp"), plain.out());
    assertTrue(plain.out().contains("{4=4}"), plain.out());
    JsonObject json = done("inspect", GGUF, BASE, "--json").json();
    assertEquals(8, json.get("alpha").getAsInt());
    assertEquals("llama", json.get("architecture").getAsString());
    // The rows of queries are put back; values are as they are.
    assertEquals(2, json.getAsJsonObject("converted").size());
    assertEquals(6, json.getAsJsonObject("used").size());
    Run other = Run.of("inspect", GGUF, "--base=" + RESOURCES.resolve("models/qwen2"));
    assertEquals(1, other.code());
    assertTrue(other.err().contains("\"llama\""), other.err());
  }

  @Test
  void whatIsTrainedAsGgufIsUsedAsSuch() throws IOException {
    Path base = RESOURCES.resolve("gguf/llama.gguf");
    Path data = folder.resolve("data.txt");
    Files.writeString(data, "The sea, the sea, the sea. ".repeat(20));
    Path out = folder.resolve("sea.gguf");
    String[] train = {
      "text",
      "train",
      "--base=" + base,
      "--data=" + data,
      "-o",
      out.toString(),
      "--layout=gguf",
      "--steps=3",
      "--lr=0.3",
      "--rank=2",
      "--max-length=32",
      "--pack"
    };
    done((Object[]) train);
    Object[] generate = {
      "text", "generate", "I see ", "--base=" + base, "--max-new-tokens=12", "--temperature=0"
    };
    List<Object> with = new ArrayList<>(List.of(generate));
    with.add("--lora=" + out + ":1");
    assertNotEquals(done(generate).out(), done(with.toArray()).out());
  }
}
