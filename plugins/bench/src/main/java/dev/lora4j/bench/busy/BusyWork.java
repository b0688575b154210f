package dev.lora4j.bench.busy;

import dev.lora4j.bench.Contender;
import dev.lora4j.bench.denoiser.OurStep;
import dev.lora4j.bench.training.OurTraining;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import java.nio.file.Path;

/**
 * Steps on the bundled base in F32, with the threads that are the default, or with a number of
 * them. A unit is several steps, as beside others some take many times as long.
 */
public final class BusyWork implements Contender {
  private static final String SEPARATOR = "|";
  private static final int GENERATING = 25;
  private static final int TRAINING = 5;
  private static final int BATCH = 8;

  private final String name;
  private final Lora4j lora;
  private final Contender steps;
  private final int unit;

  /** For a process of its own, with the settings of {@link #text}. */
  public BusyWork(String text) {
    String[] parts = text.split("\\" + SEPARATOR, 4);
    int threads = Integer.parseInt(parts[1]);
    name = parts[2];
    lora = threads == 0 ? Lora4j.open() : Lora4j.open(EngineOptions.DEFAULT.threads(threads));
    boolean training = Boolean.parseBoolean(parts[0]);
    unit = training ? TRAINING : GENERATING;
    steps =
        training
            ? OurTraining.ofBundledBase(lora.engine(), BATCH, Path.of(parts[3]))
            : OurStep.ofBundledBase(lora.engine(), DType.F32);
  }

  /**
   * Text of the work.
   *
   * @param training whether to train, not generate
   * @param threads inside one operator; 0 for the default
   * @param name name of the contender
   * @param folder for its files
   */
  static String text(boolean training, int threads, String name, Path folder) {
    return String.join(
        SEPARATOR, Boolean.toString(training), Integer.toString(threads), name, folder.toString());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double[] check() {
    return steps.check();
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, () -> steps.run(unit));
  }

  @Override
  public void close() {
    steps.close();
    lora.close();
  }
}
