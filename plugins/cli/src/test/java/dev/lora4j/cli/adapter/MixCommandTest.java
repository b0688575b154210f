package dev.lora4j.cli.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.emoji.EmojiSd;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MixCommandTest {
  @TempDir private Path folder;
  private Path picture;

  @BeforeEach
  void place() {
    picture = folder.resolve("mix.png");
  }

  private JsonObject pair(Object... adapters) {
    Object[] words = new Object[adapters.length + 4];
    words[0] = "mix";
    words[1] = "--explain";
    words[2] = "--json";
    words[3] = "-o" + picture;
    System.arraycopy(adapters, 0, words, 4, adapters.length);
    Run run = Run.of(words);
    assertEquals(0, run.code(), run.err());
    return run.json().getAsJsonArray("pairs").get(0).getAsJsonObject();
  }

  @Test
  void adapterAgreesWithItselfAndCancelsItsOpposite() {
    String glossy = EmojiSd.glossy().toString();
    JsonObject same = pair(glossy, glossy).getAsJsonObject("total");
    assertEquals(0, same.get("conflict").getAsDouble(), 1e-6);
    assertEquals(1, same.get("overlap").getAsDouble(), 1e-6);
    assertEquals(1, same.get("cosine").getAsDouble(), 1e-6);
    JsonObject opposite = pair(glossy, glossy + ":-0.5");
    JsonObject total = opposite.getAsJsonObject("total");
    assertEquals(1, total.get("conflict").getAsDouble(), 1e-6);
    assertEquals(-1, total.get("cosine").getAsDouble(), 1e-6);
    assertEquals(0.5, total.get("normB").getAsDouble() / total.get("normA").getAsDouble(), 1e-6);
    assertTrue(opposite.get("advice").getAsString().contains("They undo each other in"));
  }

  @Test
  void explanationIsWrittenAsPictureAndTable() throws Exception {
    String glossy = EmojiSd.glossy().toString();
    Run run = Run.of("mix", "--explain", glossy, glossy + ":5", "-o", picture);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("They do the same in"), run.out());
    assertTrue(run.out().contains("5.0 times as much"), run.out());
    assertTrue(ImageIO.read(picture.toFile()).getWidth() >= 700);
  }

  /** As B-LoRA's content and style, or the text encoder's part beside the UNet's. */
  @Test
  void disjointAdaptersAreReportedWithoutAPicture() {
    Path both = Run.TINY_SD.resolve("lora-kohya-2.safetensors");
    Path text =
        PartOfAdapter.write(
            both, n -> n.startsWith("lora_te"), DType.F32, folder.resolve("text.safetensors"));
    Path unet =
        PartOfAdapter.write(
            both, n -> n.startsWith("lora_unet"), DType.F32, folder.resolve("unet.safetensors"));
    Run told = Run.of("mix", "--explain", Run.BASE, text, unet, "-o", picture);
    assertEquals(0, told.code(), told.err());
    assertTrue(told.out().contains("change no layer in common"), told.out());
    assertTrue(told.out().contains("No picture"), told.out());
    JsonObject json = Run.of("mix", Run.BASE, text, unet, "--json", "-o", picture).json();
    assertFalse(json.has("picture"), json.toString());
    assertTrue(json.toString().contains("Add them up"), json.toString());
    assertFalse(Files.exists(picture));
    JsonObject three = Run.of("mix", Run.BASE, text, unet, both, "--json", "-o", picture).json();
    assertEquals(3, three.getAsJsonArray("pairs").size());
    assertTrue(Files.exists(picture));
  }

  @Test
  void mistakesAreNamed() {
    String glossy = EmojiSd.glossy().toString();
    assertEquals(2, Run.of("mix", glossy, "-o", picture).code());
    Run zero = Run.of("mix", glossy, glossy + ":0", "-o", picture);
    assertEquals(1, zero.code());
    assertTrue(zero.err().contains("weight is 0"), zero.err());
    assertTrue(!Files.exists(picture));
  }
}
