package dev.lora4j.flow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.diffusion.dataset.DataSet;
import dev.lora4j.diffusion.dataset.DataSetException;
import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import dev.lora4j.diffusion.dataset.source.Augmentations;
import dev.lora4j.diffusion.dataset.source.DataGroup;
import dev.lora4j.diffusion.dataset.source.DataSource;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.diffusion.train.objective.ClassPreservation;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training of edits, beside reference pictures, on a tiny FLUX.1 and FLUX.2 [klein]. */
class ReferenceTrainingTest {
  private static final int SIDE = 16;

  @TempDir private Path folder = Path.of("");

  private Path pictures(String name, Color colour) throws IOException {
    Path all = Files.createDirectories(folder.resolve(name));
    for (int i = 0; i < 3; i++) {
      BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
      Graphics2D pen = image.createGraphics();
      pen.setColor(colour);
      pen.fillRect(i, 2, 9, 11);
      pen.dispose();
      ImageIO.write(image, "png", all.resolve("p" + i + ".png").toFile());
      Files.writeString(all.resolve("p" + i + ".txt"), "make it blue");
    }
    return all;
  }

  private DataSet data(Path... references) throws IOException {
    DataSource source =
        DataSource.of(pictures("after", Color.BLUE))
            .references(List.of(references))
            .with(new Augmentations(true, false, false))
            .holdingOut(0.3);
    Bucketing sizes = Bucketing.fixed(SIDE, SIDE);
    return DataSet.survey(
        List.of(new DataGroup(sizes, 2, 0, List.of(source))), DataSet.Depth.PIXELS);
  }

  private static TinyPipeline pipeline(String name) {
    return name.equals("FLUX") ? TinyPipeline.FLUX : TinyPipeline.KLEIN;
  }

  private static StyleTrainer trainer(StableDiffusion sd, DataSet data) {
    StyleSettings plain = StyleSettings.DEFAULT.with(ObjectiveSettings.PLAIN);
    return StyleTrainer.on(sd).settings(plain).rank(2).steps(3).data(data);
  }

  private static double[] losses(StyleTrainer trainer) {
    double[] all = trainer.run().losses().stream().mapToDouble(Number::doubleValue).toArray();
    assertTrue(Arrays.stream(all).allMatch(Double::isFinite), Arrays.toString(all));
    return all;
  }

  @ParameterizedTest
  @CsvSource({"FLUX, 1", "KLEIN, 1", "KLEIN, 2"})
  void anotherReferenceGivesAnotherLoss(String base, int count) throws IOException {
    Path red = pictures("red", Color.RED);
    Path green = pictures("green", Color.GREEN);
    Path[] first = count == 1 ? new Path[] {red} : new Path[] {red, green};
    Path[] second = count == 1 ? new Path[] {green} : new Path[] {green, red};
    try (Lora4j lora = Lora4j.open();
        StableDiffusion sd = StableDiffusion.open(lora, pipeline(base).source())) {
      double[] one = losses(trainer(sd, data(first)));
      assertArrayEquals(one, losses(trainer(sd, data(first))));
      assertFalse(Arrays.equals(one, losses(trainer(sd, data(second)))));
      assertFalse(Arrays.equals(one, losses(trainer(sd, data()))));
    }
  }

  @Test
  void whatIsPreservedSeesThemToo() throws IOException {
    Path red = pictures("red", Color.RED);
    try (Lora4j lora = Lora4j.open();
        StableDiffusion sd = StableDiffusion.open(lora, TinyPipeline.FLUX.source())) {
      StyleTrainer trainer = trainer(sd, data(red));
      ClassPreservation how = new ClassPreservation(List.of("blue"), "red", 1);
      assertFalse(Arrays.equals(losses(trainer), losses(trainer.preserving(how))));
    }
  }

  @Test
  void basesThatSeeNoneRefuseThem() throws IOException {
    Path red = pictures("red", Color.RED);
    DataSet one = data(red);
    DataSet two = data(red, red);
    try (Lora4j lora = Lora4j.open();
        StableDiffusion zimage = StableDiffusion.open(lora, TinyPipeline.ZIMAGE.source());
        StableDiffusion flux = StableDiffusion.open(lora, TinyPipeline.FLUX.source())) {
      String none =
          String.valueOf(
              assertThrows(DataSetException.class, () -> trainer(zimage, one)).getMessage());
      assertTrue(none.contains("this base takes none"), none);
      String many =
          String.valueOf(
              assertThrows(DataSetException.class, () -> trainer(flux, two)).getMessage());
      assertTrue(many.contains("takes 1 at most"), many);
    }
  }
}
