package dev.lora4j.hub;

import dev.lora4j.core.identity.Digests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Files that are adapters, and files that are not. */
public final class TestAdapters {
  private static final int WIDTH = 768;
  private static final int BYTES = 2;

  /** PEFT's own files of an adapter. */
  public static final Path PEFT =
      Path.of("../../lora-core/src/test/resources/dev/lora4j/core/format/peft/lora");

  /** A whole model in diffusers' layout, of 14 MB. */
  public static final Path MODEL =
      Path.of(
          "../emoji-sd/src/main/resources/dev/lora4j/emoji/files/base/unet/"
              + "diffusion_pytorch_model.safetensors");

  /** Tensors that are neither a model nor an adapter. */
  public static final Path JUDGE =
      Path.of("../emoji-sd/src/main/resources/dev/lora4j/emoji/files/judge/concept.safetensors");

  private TestAdapters() {}

  /** A LoRA in kohya's layout for a text encoder of Stable Diffusion 1.5, of random numbers. */
  public static byte[] lora(int rank, long seed) {
    StringBuilder header =
        new StringBuilder("{\"__metadata__\":{\"ss_network_dim\":\"" + rank + "\"}");
    int at = 0;
    int factor = rank * WIDTH * BYTES;
    for (int layer = 0; layer < 12; layer++) {
      for (String part : new String[] {"q_proj", "v_proj"}) {
        String name = "lora_te_text_model_encoder_layers_" + layer + "_self_attn_" + part;
        header.append(tensor(name + ".lora_down.weight", rank + "," + WIDTH, at, factor));
        header.append(tensor(name + ".lora_up.weight", WIDTH + "," + rank, at + factor, factor));
        at += 2 * factor;
      }
    }
    header.append("}");
    while (header.length() % 8 != 0) {
      header.append(' ');
    }
    byte[] values = new byte[at];
    new Random(seed).nextBytes(values);
    for (int i = 1; i < values.length; i += BYTES) {
      values[i] = (byte) ((values[i] & 0x83) | 0x20); // small numbers in F16, all of them finite
    }
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer prefix = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(prefix.array());
    file.writeBytes(text);
    file.writeBytes(values);
    return file.toByteArray();
  }

  private static String tensor(String name, String shape, int at, int length) {
    return ",\""
        + name
        + "\":{\"dtype\":\"F16\",\"shape\":["
        + shape
        + "],\"data_offsets\":["
        + at
        + ","
        + (at + length)
        + "]}";
  }

  public static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static String sha256(byte[] bytes) {
    return Digests.hex(bytes);
  }
}
