package dev.lora4j.bench.vision;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.run.AdapterStep;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.diffusion.dataset.image.PixelMap;
import dev.lora4j.vision.VisionModel;
import dev.lora4j.vision.data.Augmentation;
import dev.lora4j.vision.data.ClassedPicture;
import dev.lora4j.vision.train.VisionTrainer;
import dev.lora4j.vision.train.VisionTrainingSettings;
import java.util.ArrayList;
import java.util.List;

/** Ours: a step of a ResNet on pictures with classes. */
final class OurVisionStep implements Contender {
  /** Pictures of a step. */
  static final int PICTURES = 4;

  private static final int SIDE = 224;
  private static final double RATE = 1e-4;

  private final VisionModel model;
  private final Scope scope;
  private final TrainingRun run;
  private final List<Tensor> batch;

  OurVisionStep(VisionModel model) {
    this.model = model;
    scope = model.scope().child("step");
    List<ClassedPicture> pictures = new ArrayList<>();
    for (int i = 0; i < PICTURES; i++) {
      pictures.add(new ClassedPicture("picture " + i, "", picture(i), i));
    }
    VisionTrainingSettings settings =
        VisionTrainingSettings.DEFAULT.batch(PICTURES).with(Augmentation.NONE);
    TrainingTask task = VisionTrainer.on(model, settings).pictures(pictures, List.of()).task();
    AdapterStep step = new AdapterStep(scope, task, settings.training());
    run = step.bind(scope, step.begin(scope));
    batch = step.inputs(scope, 0, task.batches(0, 1).get(0));
  }

  /** A picture by a formula, the same for everybody. */
  private static PixelMap picture(int number) {
    byte[] samples = new byte[SIDE * SIDE * 3];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) ((i / 3 * (number + 3) + 89 * (i % 3)) % 251);
    }
    return new PixelMap(SIDE, SIDE, 3, samples);
  }

  private float step() {
    return run.step(RATE, batch).loss();
  }

  @Override
  public String name() {
    return "ours";
  }

  /** The loss before the first step, when the factors' product is still 0. */
  @Override
  public double[] check() {
    return new double[] {step()};
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, this::step);
  }

  @Override
  public void close() {
    scope.close();
    model.close();
  }
}
