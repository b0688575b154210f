package dev.lora4j.vision.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.vision.Goldens;
import dev.lora4j.vision.network.PreprocessorConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pictures as torchvision and transformers prepare them ({@code preparation.py}). */
class PicturePreparationTest {
  private static final String FILE = "preparation.safetensors";

  @ParameterizedTest
  @CsvSource({
    "torchvision, wide",
    "torchvision, tall",
    "convnext, wide",
    "convnext, tall",
    "vit, wide",
    "vit, tall",
    "bit, wide",
    "bit, tall"
  })
  void numbersAreTheReferences(String kind, String name) {
    PicturePreparation how =
        kind.equals("torchvision")
            ? PicturePreparation.IMAGENET.sized(40)
            : PreprocessorConfig.of(Goldens.RESOURCES.resolve("processors").resolve(kind));
    float[] found =
        how.values(
            how.middle(
                how.resized(PictureFile.read(Goldens.RESOURCES.resolve(name + ".png")).decode())));
    double[] expected = Goldens.tensor(FILE, kind + "." + name).doubles();
    assertEquals(expected.length, found.length);
    for (int i = 0; i < found.length; i++) {
      assertEquals(expected[i], found[i], 1e-5, "number " + i);
    }
  }

  @Test
  void aSizeKeepsTheShareThatIsSeen() {
    PicturePreparation small = PicturePreparation.IMAGENET.sized(112);
    assertEquals(128, small.shorter());
    assertEquals(112, small.size());
    assertEquals(PicturePreparation.IMAGENET, PicturePreparation.IMAGENET.sized(224));
  }
}
