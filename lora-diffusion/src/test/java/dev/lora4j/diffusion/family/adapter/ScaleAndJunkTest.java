package dev.lora4j.diffusion.family.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scales beside factors, and the kind of base of files that are mostly something else. */
class ScaleAndJunkTest {
  private static final String LAYER =
      "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k";
  private static final String SITE = "unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_k";

  @TempDir private Path folder;

  private static byte[] floats(int count, float value) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  private static SafetensorsWriter lora() {
    return new SafetensorsWriter()
        .add(LAYER + ".lora_down.weight", DType.F32, Shape.of(2, 768), floats(2 * 768, 0.5f))
        .add(LAYER + ".lora_up.weight", DType.F32, Shape.of(1280, 2), floats(1280 * 2, 0.25f));
  }

  private LoadedAdapter read(SafetensorsWriter writer) {
    Path file = folder.resolve("a.safetensors");
    writer.write(file);
    return AdapterFiles.read(file);
  }

  private static double alpha(LoadedAdapter loaded) {
    Factors factors = loaded.adapter().at(SITE).get(0);
    return factors.structure().number("alpha");
  }

  @Test
  void aScaleCountsInsteadOfAlpha() {
    LoadedAdapter alone =
        read(lora().add(LAYER + ".scale", DType.F32, Shape.of(), floats(1, 0.3f)));
    assertEquals(0.6, alpha(alone), 1e-6);
    assertEquals(3, alone.account().used().size());
    LoadedAdapter both =
        read(
            lora()
                .add(LAYER + ".scale", DType.F32, Shape.of(), floats(1, 0.3f))
                .add(LAYER + ".alpha", DType.F32, Shape.of(), floats(1, 16)));
    assertEquals(alone.adapter().identity(), both.adapter().identity());
    assertEquals(1, both.account().ignored().size());
    assertThrows(
        AdapterException.class,
        () -> read(lora().add(LAYER + ".scale", DType.F32, Shape.of(), floats(1, Float.NaN))));
  }

  /** A LoRA of a norm is none; it must not keep the rest from being accounted for. */
  @Test
  void factorsOfANormAreRefusedByName() {
    Path file = folder.resolve("norm.safetensors");
    lora()
        .add(
            "lora_unet_conv_norm_out.lora_down.weight", DType.F32, Shape.of(2, 320), floats(640, 1))
        .add("lora_unet_conv_norm_out.lora_up.weight", DType.F32, Shape.of(320, 2), floats(640, 1))
        .write(file);
    AdapterException refused = assertThrows(AdapterException.class, () -> AdapterFiles.read(file));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("conv_norm_out"), refused.getMessage());
  }

  @Test
  void hugeUnknownKeyIsRefusedQuickly() {
    String name = "lora_unet_" + "x".repeat(300_000) + ".lora_up.weight";
    Path file = folder.resolve("long.safetensors");
    lora().add(name, DType.F32, Shape.of(1, 1), floats(1, 1)).write(file);
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> assertThrows(AdapterException.class, () -> AdapterFiles.read(file)));
  }

  /** What is no factor, however much of it there is, does not decide about the kind of base. */
  @Test
  void junkDoesNotHideTheKindOfBase() {
    SafetensorsWriter writer = lora();
    for (int i = 0; i < 20_000; i++) {
      writer.add("junk." + i, DType.F32, Shape.of(1), floats(1, 1));
    }
    LoadedAdapter loaded = read(writer);
    assertEquals("sd15", loaded.family().name());
    assertEquals(20_000, loaded.account().ignored().size());
    assertEquals(Set.of(SITE), loaded.adapter().sites().keySet());
  }
}
