package dev.lora4j.cli.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that nobody knows are told by each command that makes something of their file. */
class KeyReportTest {
  private static final Path WHOLE = Run.TINY_SD.resolve("lora-kohya.safetensors");

  @TempDir private Path folder;
  private Path partly = Path.of("");

  /** An adapter with tensors beside it that are no part of any factor. */
  @BeforeEach
  void write() {
    partly = folder.resolve("partly.safetensors");
    HostTensor one = HostTensor.of(Shape.of(1), 1f);
    SafetensorsWriter writer = new SafetensorsWriter();
    try (Safetensors whole = Safetensors.open(WHOLE)) {
      whole
          .tensors()
          .forEach(
              (name, info) ->
                  writer.add(name, info.dtype(), info.shape(), ByteBuffer.wrap(whole.bytes(name))));
    }
    for (int i = 0; i < 6; i++) {
      writer.add("nobody.knows." + i, one.dtype(), one.shape(), one.bytes());
    }
    writer.write(partly);
  }

  private static void requireTold(Run run) {
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("6 ignored (no known kind of factor: 6). Left out: "), run.err());
    assertTrue(run.err().contains("nobody.knows.0, nobody.knows.1"), run.err());
    assertTrue(run.err().contains("and 2 more; inspect --all lists them."), run.err());
  }

  private static void requireAll(JsonElement keys) {
    List<String> ignored = new ArrayList<>();
    keys.getAsJsonObject()
        .getAsJsonArray("ignored")
        .forEach(key -> ignored.add(key.getAsJsonObject().get("key").getAsString()));
    assertEquals(6, ignored.size(), ignored.toString());
    assertTrue(ignored.contains("nobody.knows.5"), ignored.toString());
  }

  private static JsonElement first(JsonElement all) {
    return all.getAsJsonArray().get(0);
  }

  @Test
  void resizeMergeAndBakeReportUnusedKeys() {
    String base = "--base=" + Run.TINY_SD;
    Path out = folder.resolve("out.safetensors");
    Run resized = Run.of("resize", partly, "-o", out, "--rank=1", base, "--json");
    requireTold(resized);
    requireAll(resized.json().get("keys"));
    Run merged = Run.of("merge", partly, WHOLE, "-o", out, base, "--json");
    requireTold(merged);
    requireAll(first(merged.json().get("adapters")).getAsJsonObject().get("keys"));
    Run compared = Run.of("compare", partly, WHOLE, base, "--json");
    requireTold(compared);
    requireAll(compared.json().getAsJsonObject("a").get("keys"));
    Run mixed = Run.of("mix", partly, WHOLE, base, "-o", folder.resolve("m.png"), "--json");
    requireTold(mixed);
    requireAll(first(mixed.json().get("keys")));
    Run baked = Run.of("bake", base, partly, "-o", folder.resolve("baked"), "--json");
    requireTold(baked);
    requireAll(first(baked.json().get("adapters")).getAsJsonObject().get("keys"));
  }

  @Test
  void convertAndGenerateReportUnusedKeys() {
    Path out = folder.resolve("out.safetensors");
    JsonObject converted =
        Run.of("convert", partly, out, "--to=kohya", "--base=" + Run.TINY_SD, "--json").json();
    assertEquals(6, converted.getAsJsonObject("ignored").size());
    requireTold(
        Run.of(
            "generate",
            "a ball",
            Run.BASE,
            "--lora=" + partly,
            "--steps=1",
            "--compute=f32",
            "-o",
            folder.resolve("a.png")));
    Run whole = Run.of("compare", WHOLE, WHOLE, "--base=" + Run.TINY_SD);
    assertFalse(whole.err().contains("Left out"), whole.err());
  }
}
