package dev.lora4j.vision;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.run.TrainingSettings;
import dev.lora4j.core.train.schedule.Decays;
import dev.lora4j.core.train.schedule.RateSchedule;
import dev.lora4j.vision.data.ClassFolders;
import dev.lora4j.vision.data.ClassedPicture;
import dev.lora4j.vision.data.PicturePreparation;
import dev.lora4j.vision.train.TrainedVision;
import dev.lora4j.vision.train.VisionTargets;
import dev.lora4j.vision.train.VisionTrainer;
import dev.lora4j.vision.train.VisionTrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The case of inspection: 1,000 made pictures of metal, whole, scratched or dented, of which 798
 * are learned, on a small body that knows other surfaces ({@code texture_body.py}); the head alone
 * against a head with adapters.
 */
@Tag("slow")
class InspectionTest {
  private static final Path TARGET = Path.of("target/inspection");
  private static final PicturePreparation HOW = PicturePreparation.IMAGENET.sized(64);
  private static final int EPOCHS = 6;
  private static final int BATCH = 16;

  @Test
  void adaptersSeeWhatTheFrozenBodyDoesNot() throws IOException {
    Files.createDirectories(TARGET);
    ClassFolders all = ClassFolders.of(InspectionPictures.write(TARGET.resolve("data"), 333));
    List<ClassedPicture> learned = all.part(0.2, 0, false).read(HOW, done -> {});
    List<ClassedPicture> heldOut = all.part(0.2, 0, true).read(HOW, done -> {});
    try (Lora4j lora = Lora4j.open();
        VisionModel model =
            VisionModel.open(lora, Goldens.model("textures"), InspectionPictures.CLASSES)) {
      double head = trained(model, "head", 1e-2, TargetLayers.matching(), learned, heldOut);
      double adapted = trained(model, "adapter", 1e-2, VisionTargets.ALL, learned, heldOut);
      assertTrue(adapted >= 0.85, "with adapters " + adapted);
      assertTrue(adapted - head >= 0.08, "head " + head + ", with adapters " + adapted);
    }
  }

  /** Accuracy on what is held out, written beside the file of the adapter. */
  private static double trained(
      VisionModel model,
      String name,
      double rate,
      TargetLayers layers,
      List<ClassedPicture> learned,
      List<ClassedPicture> heldOut)
      throws IOException {
    int steps = EPOCHS * ((learned.size() + BATCH - 1) / BATCH);
    VisionTrainingSettings settings =
        VisionTrainingSettings.DEFAULT
            .with(AdapterRecipe.DEFAULT.targets(layers).rank(4, 4))
            .with(
                TrainingSettings.of(
                        AdamW.DEFAULT,
                        rate,
                        RateSchedule.of(Decays.named("cosine"), steps).warmupPart(0.1))
                    .withStored(DType.F32))
            .batch(BATCH)
            .with(HOW);
    TrainedVision trained =
        VisionTrainer.on(model, settings).pictures(learned, List.of()).name(name).run(step -> {});
    Path file = TARGET.resolve(name + ".safetensors");
    trained.save(file, "kohya");
    List<Classification> found =
        model
            .classification()
            .of(
                heldOut.stream().map(ClassedPicture::pixels).toList(),
                HOW,
                MixPlan.of(trained.adapter(), 1),
                done -> {});
    long right =
        IntStream.range(0, heldOut.size())
            .filter(i -> found.get(i).number() == heldOut.get(i).label())
            .count();
    double accuracy = (double) right / heldOut.size();
    String line =
        String.format(
            Locale.ROOT,
            "%s: accuracy %.4f on %d pictures after %d steps on %d, file %,d bytes%n",
            name,
            accuracy,
            heldOut.size(),
            steps,
            learned.size(),
            Files.size(file));
    Files.writeString(TARGET.resolve(name + ".txt"), line);
    return accuracy;
  }
}
