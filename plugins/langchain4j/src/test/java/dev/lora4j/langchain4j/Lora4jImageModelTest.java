package dev.lora4j.langchain4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.output.Response;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.request.FewSteps;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.emoji.EmojiSd;
import dev.lora4j.tinylm.TinyLm;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The bundled base for pictures as LangChain4j asks it. */
@Timeout(300)
class Lora4jImageModelTest {
  private static Lora4jImageModel images;

  @BeforeAll
  static void open() {
    images =
        Lora4jImageModel.builder()
            .base(EmojiSd.folder())
            .adapter(EmojiSd.glossy(), 0.7)
            .steps(3)
            .seed(7)
            .sampler("euler")
            .negativePrompt("a dog")
            .guidanceScale(4)
            .build();
  }

  @AfterAll
  static void close() {
    images.close();
  }

  private static byte[] bytes(Image image) {
    assertEquals("image/png", image.mimeType());
    return Base64.getDecoder().decode(image.base64Data());
  }

  private static byte[] own(long seed) {
    MixPlan mix = MixPlan.of(images.adapter(EmojiSd.glossy()), 0.7);
    Prompt prompt = Prompt.of("a fox").steps(3).sampler("euler").negative("a dog").guidance(4);
    return images.base().generate(prompt.seed(seed).mix(mix)).png();
  }

  @Test
  void picturesAreThoseOfTheLibrary() {
    Response<List<Image>> response = images.generate("a fox", 2);
    assertEquals(7L, response.metadata().get("seed"));
    assertArrayEquals(own(7), bytes(response.content().get(0)));
    assertArrayEquals(own(8), bytes(response.content().get(1)));
  }

  @Test
  void whatNobodySaysIsAsTheAdapterForFewStepsSays(@TempDir Path folder) {
    Adapter glossy = images.adapter(EmojiSd.glossy());
    Adapter few =
        new Adapter("few", glossy.sites(), new FewSteps("lcm", 2, 1).metadata().entries());
    Path file = folder.resolve("few.safetensors");
    AdapterOutput.write(
        few, images.base().family(), AdapterWriters.named("kohya"), WriteOptions.EXACT, file);
    Prompt fox = Prompt.of("a fox").seed(7).mix(MixPlan.of(few, 1));
    try (Lora4jImageModel unsaid =
            Lora4jImageModel.builder()
                .stableDiffusion(images.base())
                .adapter(file, 1)
                .seed(7)
                .build();
        Lora4jImageModel said =
            Lora4jImageModel.builder()
                .stableDiffusion(images.base())
                .adapter(file, 1)
                .seed(7)
                .steps(3)
                .build()) {
      Prompt two = fox.sampler("lcm").steps(2).guidance(1);
      assertArrayEquals(pixels(own(two)), pixels(bytes(unsaid.generate("a fox").content())));
      assertArrayEquals(pixels(own(two.steps(3))), pixels(bytes(said.generate("a fox").content())));
    }
  }

  private static byte[] own(Prompt prompt) {
    return images.base().generate(prompt).png();
  }

  @Test
  void editedPictureKeepsSomeOfTheOther() {
    Image fox = images.generate("a fox").content();
    byte[] edited = bytes(images.edit(fox, "a cat").content());
    assertFalse(Arrays.equals(bytes(fox), edited));
    try (Lora4jImageModel slight =
        Lora4jImageModel.builder()
            .stableDiffusion(images.base())
            .steps(10)
            .size(64, 64)
            .strength(0.1)
            .build()) {
      byte[] same = bytes(slight.edit(fox, "a cat").content());
      assertTrue(distance(bytes(fox), same) < distance(bytes(fox), edited));
    }
  }

  private static double distance(byte[] one, byte[] other) {
    int[] a = pixels(one);
    int[] b = pixels(other);
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
    }
    return sum;
  }

  private static int[] pixels(byte[] file) {
    BufferedImage image = PictureFile.of(file).decode().image();
    return image.getRGB(0, 0, 64, 64, null, 0, 64);
  }

  @Test
  void seedsDifferWhereNoneIsGiven() {
    try (Lora4jImageModel chance =
        Lora4jImageModel.builder().stableDiffusion(images.base()).steps(1).build()) {
      assertNotEquals(
          chance.generate("a fox").metadata().get("seed"),
          chance.generate("a fox").metadata().get("seed"));
    }
  }

  @Test
  void whatCannotBeDoneIsNamed() {
    Image fox = Image.builder().url("http://127.0.0.1/fox.png").build();
    assertNamed(UnsupportedFeatureException.class, "url", () -> images.edit(fox, "a cat"));
    assertNamed(UnsupportedFeatureException.class, "mask", () -> images.edit(fox, fox, "a cat"));
    Image broken = Image.builder().base64Data("aGVsbG8=").build();
    assertNamed(InvalidRequestException.class, "picture", () -> images.edit(broken, "a cat"));
    assertNamed(InvalidRequestException.class, "n must be", () -> images.generate("a fox", 0));
    assertNamed(
        IllegalArgumentException.class,
        "multiples of 16",
        () -> Lora4jImageModel.builder().stableDiffusion(images.base()).size(60, 64).build());
    assertNamed(
        AdapterException.class,
        "",
        () ->
            Lora4jImageModel.builder()
                .stableDiffusion(images.base())
                .adapter(TinyLm.folder().resolve("model.safetensors"), 1)
                .build());
  }

  private static void assertNamed(
      Class<? extends RuntimeException> kind, String part, Runnable work) {
    String message = String.valueOf(assertThrows(kind, work::run).getMessage());
    assertTrue(message.contains(part), message);
  }
}
