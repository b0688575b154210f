package dev.lora4j.bench.training;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.quantised.Quantisation;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.style.LatentStep;
import dev.lora4j.spi.Extensions;
import java.nio.file.Path;
import java.util.List;

/** Steps of training on a base in some precision, in a process whose memory is looked at. */
public final class StepInFewBits implements Contender {
  private static final String SEPARATOR = "|";

  private final Lora4j lora;
  private final Scope scope;
  private final DiffusionModel model;
  private final LatentStep step;

  /**
   * Base that is trained on, and how; it travels as text.
   *
   * @param form {@code nf4}, {@code int8}, {@code fp8}, or {@code none}
   */
  record Setting(Path folder, DType compute, String form, int side, boolean checkpointing) {
    String text() {
      return String.join(
          SEPARATOR,
          folder.toString(),
          compute.name(),
          form,
          Integer.toString(side),
          Boolean.toString(checkpointing));
    }

    static Setting of(String text) {
      String[] parts = text.split("\\" + SEPARATOR, -1);
      return new Setting(
          Path.of(parts[0]),
          DType.valueOf(parts[1]),
          parts[2],
          Integer.parseInt(parts[3]),
          Boolean.parseBoolean(parts[4]));
    }

    BasePrecision precision() {
      BasePrecision plain = BasePrecision.in(compute);
      return form.equals("none")
          ? plain
          : plain.quantised(Extensions.installed().make(Quantisation.class, form));
    }
  }

  /** For a process of its own, with the setting of the text. */
  public StepInFewBits(String text) {
    Setting setting = Setting.of(text);
    int threads = Integer.getInteger("ai.djl.pytorch.num_threads", 1);
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(threads));
    scope = lora.engine().scope("few bits");
    model = DiffusionModel.load(scope, setting.folder(), LoadOptions.in(setting.precision()));
    TrainingSetting training =
        new TrainingSetting(
            setting.folder(),
            setting.compute(),
            1,
            setting.side(),
            setting.checkpointing(),
            Path.of(""));
    List<HostTensor> others =
        model.xl()
            ? List.of(
                HostTensor.of(Shape.of(1, 1280), new float[1280]),
                HostTensor.of(Shape.of(1, 6), new float[6]))
            : List.of();
    step =
        new LatentStep(
            scope,
            model,
            training.style(),
            TrainingInputs.latents(model, training),
            TrainingInputs.context(model, training),
            others);
  }

  @Override
  public String name() {
    return "lora4j";
  }

  /** Bytes of the denoiser's weights, and their number; then the loss of a step. */
  @Override
  public double[] check() {
    long numbers =
        model.sites().all().stream()
            .filter(s -> s.name().startsWith("unet."))
            .mapToLong(s -> s.weight().elements())
            .sum();
    return new double[] {model.denoiserWeights().bytes(), numbers, step.take().loss()};
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, step::take);
  }

  @Override
  public void close() {
    step.close();
    scope.close();
    lora.close();
  }
}
