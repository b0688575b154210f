package dev.lora4j.bench.training;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.style.LatentStep;
import dev.lora4j.emoji.EmojiSd;
import java.nio.file.Path;
import java.util.Optional;

/** Ours: whole steps as a style's training takes them. Writes the inputs when it is made. */
public final class OurTraining implements Contender {
  /** Side of the latents of the bundled base's pictures. */
  static final int EMOJI_SIDE = 8;

  private final Optional<Lora4j> own;
  private final TrainingSetting setting;
  private final Scope scope;
  private final LatentStep step;

  /** For a process of its own, with the setting of the text. */
  public OurTraining(String text) {
    this(
        Lora4j.open(
            EngineOptions.DEFAULT.threads(Integer.getInteger("ai.djl.pytorch.num_threads", 1))),
        text);
  }

  private OurTraining(Lora4j lora, String text) {
    this(Optional.of(lora), lora.engine(), TrainingSetting.of(text));
  }

  /**
   * Training of the bundled base in F32, in this process.
   *
   * @param folder for the inputs
   */
  public static OurTraining ofBundledBase(Engine engine, int batch, Path folder) {
    return new OurTraining(Optional.empty(), engine, bundled(batch, folder));
  }

  /** Training on the bundled base in F32. */
  static TrainingSetting bundled(int batch, Path folder) {
    Path inputs = folder.resolve("emoji-sd-batch" + batch + ".safetensors");
    return new TrainingSetting(EmojiSd.folder(), DType.F32, batch, EMOJI_SIDE, false, inputs);
  }

  OurTraining(Optional<Lora4j> own, Engine engine, TrainingSetting setting) {
    this.own = own;
    this.setting = setting;
    scope = engine.scope("training-step");
    DiffusionModel model =
        DiffusionModel.load(scope, setting.folder(), LoadOptions.in(setting.compute()));
    step =
        new LatentStep(
            scope,
            model,
            setting.style(),
            TrainingInputs.latents(model, setting),
            TrainingInputs.context(model, setting));
    TrainingInputs.write(model, setting, step);
  }

  @Override
  public String name() {
    return setting.checkpointing() ? "lora4j with checkpointing" : "lora4j without checkpointing";
  }

  /** Loss, and norm of the gradient, of the first steps. */
  @Override
  public double[] check() {
    double[] values = new double[2 * TrainingInputs.COMPARED];
    for (int i = 0; i < TrainingInputs.COMPARED; i++) {
      TrainingRun.Outcome outcome = step.take();
      values[2 * i] = outcome.loss();
      values[2 * i + 1] = outcome.gradientNorm();
    }
    return values;
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, step::take);
  }

  @Override
  public void close() {
    step.close();
    scope.close();
    own.ifPresent(Lora4j::close);
  }
}
