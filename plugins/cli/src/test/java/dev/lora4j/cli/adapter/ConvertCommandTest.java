package dev.lora4j.cli.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertCommandTest {
  private static final String FLAT =
      "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q";
  private static final String NAME = "unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q";

  @TempDir private Path folder;
  private Path adapter = Path.of("");

  private static HostTensor tensor(double step, long... sizes) {
    Shape shape = Shape.of(sizes);
    double[] values = new double[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = step * (1 + i % 7);
    }
    return HostTensor.of(DType.F32, shape, values);
  }

  private static void add(SafetensorsWriter writer, String key, HostTensor tensor) {
    writer.add(key, tensor.dtype(), tensor.shape(), tensor.bytes());
  }

  private static SafetensorsWriter lora(double step) {
    SafetensorsWriter writer = new SafetensorsWriter();
    add(writer, FLAT + ".lora_down.weight", tensor(step, 2, 1280));
    add(writer, FLAT + ".lora_up.weight", tensor(step, 1280, 2));
    add(writer, FLAT + ".alpha", HostTensor.of(Shape.of(), 0.5f));
    return writer.metadata(Map.of("ss_output_name", "ink", "sshs_model_hash", "stale"));
  }

  @BeforeEach
  void write() {
    adapter = folder.resolve("ink.safetensors");
    lora(0.1).write(adapter);
  }

  private JsonObject converted(Object... arguments) {
    Run run = Run.of(arguments);
    assertEquals(0, run.code(), run.err());
    return run.json();
  }

  private static Set<String> keys(Path file) {
    try (Safetensors opened = Safetensors.open(file)) {
      return Set.copyOf(opened.tensors().keySet());
    }
  }

  @Test
  void diffusersRoundTripIsTheSameAdapter() throws IOException {
    Path diffusers = folder.resolve("d.safetensors");
    JsonObject to =
        converted("convert", adapter, diffusers, "--to=diffusers", "--base=sd15", "--json");
    assertEquals(to.get("identity_before"), to.get("identity_after"));
    assertEquals(3, to.getAsJsonObject("used").size());
    assertEquals(Set.of(NAME + ".lora_A.weight", NAME + ".lora_B.weight"), keys(diffusers));
    Path kohya = folder.resolve("new/k.safetensors");
    JsonObject back = converted("convert", diffusers, kohya, "--to=kohya", "--base=sd15", "--json");
    assertEquals(to.get("identity_before"), back.get("identity_after"));
    assertEquals(keys(adapter), keys(kohya));
    Path again = folder.resolve("again.safetensors");
    converted("convert", kohya, again, "--to=kohya", "--base=sd15", "--json");
    assertArrayEquals(Files.readAllBytes(kohya), Files.readAllBytes(again));
    try (Safetensors opened = Safetensors.open(kohya)) {
      assertNotEquals("stale", opened.metadata().get("sshs_model_hash"));
      assertEquals("sd_v1", opened.metadata().get("ss_base_model_version"));
      assertEquals("stable-diffusion-v1/lora", opened.metadata().get("modelspec.architecture"));
    }
  }

  @Test
  void prunedAdapterIsStoredWithoutItsZeros() throws IOException {
    Path sparse = folder.resolve("s.safetensors");
    Run run = Run.of("convert", adapter, sparse, "--to=lora4j", "--base=sd15", "--density=0.1");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("Zeros after pruning: 90.0 % of 5,120 numbers."), run.out());
    JsonObject found = Run.of("inspect", sparse, "--base=sd15", "--json").json();
    assertEquals(0.9, found.get("zeros").getAsDouble(), 1e-9);
    String told = Run.of("inspect", sparse, "--base=sd15").out();
    assertTrue(told.contains("Zeros: 90.0 % of 5,120 numbers; the file leaves them out"), told);
    Path dense = folder.resolve("k.safetensors");
    JsonObject back = converted("convert", sparse, dense, "--to=kohya", "--base=sd15", "--json");
    assertEquals(back.get("identity_before"), back.get("identity_after"));
    assertEquals(keys(adapter), keys(dense));
    // Four bytes for each number, against five for each that is left.
    long saved = Files.size(dense) - Files.size(sparse);
    assertTrue(saved > 4 * 5120 - 5 * 512 - 1000, "saved " + saved);
    assertFalse(Run.of("inspect", adapter, "--base=sd15").out().contains("Zeros"));
    for (String share : new String[] {"0", "1.5", "-1", "NaN"}) {
      Run refused =
          Run.of("convert", adapter, sparse, "--to=kohya", "--base=sd15", "--density=" + share);
      assertEquals(2, refused.code(), refused.out());
      assertTrue(refused.err().contains("is above 0 and at most 1"), refused.err());
    }
  }

  @Test
  void roundingAndFoldedScalesAreReported() {
    Path out = folder.resolve("h.safetensors");
    Run run =
        Run.of(
            "convert",
            adapter,
            out,
            "--to=diffusers",
            "--base=sd15",
            "--dtype=bf16",
            "--fold-alpha");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("2 tensors are rounded to BF16."), run.out());
    assertTrue(run.out().contains("scale of 1 layers is multiplied"), run.out());
    assertTrue(run.out().contains("3 keys: 3 used, 0 ignored"), run.out());
    assertTrue(run.out().contains("layout of diffusers, 1 layers, BF16"), run.out());
    try (Safetensors opened = Safetensors.open(out)) {
      assertFalse(opened.metadata().containsKey("lora_adapter_metadata"));
    }
  }

  @Test
  void overflowingValuesAreRefusedByName() {
    lora(10_000).write(adapter);
    Path out = folder.resolve("h.safetensors");
    Run run = Run.of("convert", adapter, out, "--to=kohya", "--base=sd15", "--dtype=f16");
    assertEquals(1, run.code());
    assertTrue(run.err().contains(NAME + " lora_down.weight"), run.err());
    assertFalse(Files.exists(out));
  }

  @Test
  void unknownLayoutIsRefusedWithTheKnownOnes() {
    Run run = Run.of("convert", adapter, folder.resolve("o.safetensors"), "--to=onnx");
    assertEquals(2, run.code());
    assertTrue(run.err().contains("diffusers, gguf, kohya, lora4j, peft"), run.err());
  }

  @Test
  void aFolderForEachModelAndBack() throws IOException {
    SafetensorsWriter both = lora(0.1);
    String text = "lora_te_text_model_encoder_layers_0_mlp_fc1";
    add(both, text + ".lora_down.weight", tensor(0.1, 1, 768));
    add(both, text + ".lora_up.weight", tensor(0.1, 3072, 1));
    both.write(adapter);
    Path peft = folder.resolve("peft");
    JsonObject to = converted("convert", adapter, peft, "--to=peft", "--json");
    assertTrue(Files.exists(peft.resolve("text_encoder/adapter_config.json")));
    Path back = folder.resolve("back.safetensors");
    JsonObject from = converted("convert", peft, back, "--to=kohya", "--json");
    assertEquals(to.get("identity_before"), from.get("identity_after"));
  }

  @Test
  void nonEmptyOutputFolderIsLeftAlone() throws IOException {
    Path out = Files.createDirectories(folder.resolve("busy"));
    Files.writeString(out.resolve("mine.txt"), "mine");
    Run run = Run.of("convert", adapter, out, "--to=peft", "--base=sd15");
    assertEquals(1, run.code());
    assertTrue(run.err().contains("not empty"), run.err());
    assertEquals("mine", Files.readString(out.resolve("mine.txt")));
  }
}
