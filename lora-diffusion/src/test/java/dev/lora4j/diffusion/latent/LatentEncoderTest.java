package dev.lora4j.diffusion.latent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.latent.Tiling.Planes;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Pictures that go through the autoencoder in tiles, against diffusers. */
class LatentEncoderTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final Safetensors GOLDEN =
      Safetensors.open(Path.of("src/test/resources/tiled-vae.safetensors"));

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
    GOLDEN.close();
  }

  private static Planes golden(String name) {
    Shape shape = GOLDEN.tensors().get(name).shape();
    float[] values = new float[(int) shape.elements()];
    ByteBuffer bytes = GOLDEN.read(name);
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes.getFloat();
    }
    return new Planes((int) shape.size(1), (int) shape.size(2), (int) shape.size(3), values);
  }

  private static void assertClose(String name, Planes found) {
    Planes expected = golden(name);
    assertEquals(expected.height(), found.height());
    assertEquals(expected.width(), found.width());
    double scale = 0;
    double worst = 0;
    for (int i = 0; i < expected.values().length; i++) {
      scale = Math.max(scale, Math.abs(expected.values()[i]));
      worst = Math.max(worst, Math.abs(expected.values()[i] - found.values()[i]));
    }
    assertTrue(worst <= 1e-5 * scale, name + ": " + worst / scale + " of the scale");
  }

  @Test
  void tilesAreBlendedAsInDiffusers() {
    try (Scope scope = SD.scope().child("test")) {
      LatentEncoder vae = new LatentEncoder(scope, SD.base(), new LatentPrograms(scope, SD.base()));
      assertClose("decoded", vae.decode(golden("z"), 8));
      assertClose("moments", vae.encode(golden("picture"), 8));
    }
  }

  /** A network that acts on each place alone knows no seams. */
  @Test
  void pointwiseOperationIsTheSameInTiles() {
    float[] values = new float[2 * 30 * 41];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    Planes whole = new Planes(2, 30, 41, values);
    Planes found =
        new Tiling(16, 16)
            .apply(
                whole, tile -> new Planes(2, tile.height(), tile.width(), tile.values().clone()));
    assertEquals(30, found.height());
    assertArrayEquals(values, found.values(), 1e-3f);
  }
}
