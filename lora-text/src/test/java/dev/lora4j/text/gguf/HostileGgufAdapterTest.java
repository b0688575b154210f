package dev.lora4j.text.gguf;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.gguf.GgufException;
import dev.lora4j.core.gguf.GgufValue;
import dev.lora4j.core.gguf.GgufWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.model.TextModelOutline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters in GGUF that are damaged, half, or say what cannot be applied. */
class HostileGgufAdapterTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final Family LLAMA =
      TextModelOutline.layers(RESOURCES.resolve("models/llama"), "llama", 0);
  private static final String QUERY = "blk.0.attn_q.weight";

  @TempDir private Path folder;

  private static HostTensor tensor(long... sizes) {
    double[] values = new double[(int) Shape.of(sizes).elements()];
    Arrays.fill(values, 0.5);
    return HostTensor.of(DType.F32, Shape.of(sizes), values);
  }

  private static GgufWriter adapter(double alpha) {
    return new GgufWriter()
        .entry("general.architecture", new GgufValue.Text("llama"))
        .entry("general.type", new GgufValue.Text("adapter"))
        .entry("adapter.type", new GgufValue.Text("lora"))
        .entry("adapter.lora.alpha", new GgufValue.Real(alpha));
  }

  private static GgufWriter whole(double alpha) {
    return adapter(alpha)
        .tensor(QUERY + ".lora_a", tensor(2, 32))
        .tensor(QUERY + ".lora_b", tensor(32, 2));
  }

  private String refusal(GgufWriter writer) {
    Path file = folder.resolve("adapter.gguf");
    writer.write(file);
    String told =
        assertThrows(AdapterException.class, () -> AdapterFiles.read(file, LLAMA)).getMessage();
    assertTrue(told.contains(file.toString()), told);
    return told;
  }

  @Test
  void aSoundOneIsRead() {
    Path file = folder.resolve("adapter.gguf");
    whole(0).write(file);
    assertTrue(
        AdapterFiles.read(file, LLAMA).adapter().sites().values().stream()
            .allMatch(all -> all.get(0).structure().number("alpha") == 2),
        "an alpha of 0 means the scale 1, as in llama.cpp");
  }

  @Test
  void modelsAndOtherKindsAreRefused() {
    Path model = RESOURCES.resolve("gguf/llama.gguf");
    String told =
        assertThrows(AdapterException.class, () -> AdapterFiles.read(model, LLAMA)).getMessage();
    assertTrue(told.contains("general.type") && told.contains("--base"), told);
    String kind = refusal(whole(2).entry("adapter.type", new GgufValue.Text("control_vector")));
    assertTrue(kind.contains("\"control_vector\""), kind);
  }

  @Test
  void whatChangesTheResultIsRefused() {
    String told =
        refusal(whole(2).entry("adapter.alora.invocation_tokens", new GgufValue.Text("7")));
    assertTrue(told.contains("\"adapter.alora.invocation_tokens\""), told);
    assertTrue(refusal(whole(Double.NaN)).contains("finite"));
  }

  @Test
  void halfAPairIsRefused() {
    String told = refusal(adapter(2).tensor(QUERY + ".lora_a", tensor(2, 32)));
    assertTrue(told.contains(QUERY + ".lora_a") && told.contains("half of its pair"), told);
  }

  @Test
  void sizesThatDoNotFitAreRefused() {
    String rows =
        refusal(
            adapter(2)
                .tensor(QUERY + ".lora_a", tensor(2, 32))
                .tensor(QUERY + ".lora_b", tensor(30, 2)));
    assertTrue(rows.contains(QUERY + ".lora_b") && rows.contains("4 heads"), rows);
    String columns =
        refusal(
            adapter(2)
                .tensor(QUERY + ".lora_a", tensor(2, 31))
                .tensor(QUERY + ".lora_b", tensor(32, 2)));
    assertTrue(columns.contains(QUERY + ".lora_a"), columns);
    String ranks =
        refusal(
            adapter(2)
                .tensor(QUERY + ".lora_a", tensor(2, 32))
                .tensor(QUERY + ".lora_b", tensor(32, 3)));
    assertTrue(ranks.contains(QUERY + ".lora_b"), ranks);
  }

  @Test
  void layersOfAnotherModelAreRefused() {
    String told =
        refusal(
            whole(2)
                .tensor("blk.9.attn_q.weight.lora_a", tensor(2, 32))
                .tensor("blk.9.attn_q.weight.lora_b", tensor(32, 2)));
    assertTrue(told.contains("blk.9.attn_q.weight"), told);
  }

  @Test
  void numbersThatAreNoneAreRefused() {
    HostTensor wrong = HostTensor.of(DType.F32, Shape.of(2, 32), nan());
    String told =
        refusal(
            adapter(2).tensor(QUERY + ".lora_a", wrong).tensor(QUERY + ".lora_b", tensor(32, 2)));
    assertTrue(told.contains("not finite"), told);
  }

  private static double[] nan() {
    double[] values = new double[64];
    values[5] = Double.NaN;
    return values;
  }

  /** A norm beside the factors has no effect in llama.cpp either, and is in the account. */
  @Test
  void normsAreAccountedFor() {
    Path file = folder.resolve("adapter.gguf");
    whole(2).tensor("blk.0.attn_norm.weight", tensor(32)).write(file);
    assertTrue(
        AdapterFiles.read(file, LLAMA).account().ignored().containsKey("blk.0.attn_norm.weight"));
  }

  @Test
  void damagedFilesAreReadOrRefused() throws IOException {
    byte[] sound = Files.readAllBytes(RESOURCES.resolve("gguf-adapters/lora.gguf"));
    Path file = folder.resolve("damaged.gguf");
    Random random = new Random(3);
    int refused = 0;
    for (int i = 0; i < 400; i++) {
      byte[] damaged =
          i % 5 == 0 ? Arrays.copyOf(sound, random.nextInt(sound.length)) : sound.clone();
      for (int n = 0; n < 3 && damaged.length > 0; n++) {
        damaged[random.nextInt(Math.min(damaged.length, 1000))] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      try {
        assertFalse(AdapterFiles.read(file, LLAMA).adapter().sites().isEmpty());
      } catch (AdapterException | GgufException e) {
        refused++;
      }
    }
    assertTrue(refused > 50, refused + " refused");
  }
}
