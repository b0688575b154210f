package dev.lora4j.core.train.log;

import dev.lora4j.spi.Extension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Event files of TensorBoard in the folder {@value #FOLDER} of the run's. */
@Extension(
    point = Tracker.class,
    name = "tensorboard",
    help = "Numbers and previews as event files of TensorBoard in the run's folder")
public record TensorBoardTracker() implements Tracker {
  /** The folder. */
  public static final String FOLDER = "tensorboard";

  private static final String VALIDATION = "loss/validation";

  /** Offset of a PNG file's width and height (PNG specification, 11.2.1). */
  private static final int WIDTH = 16;

  private static final int HEIGHT = 20;

  @Override
  public TrackedRun begin(RunStart run) {
    return new Events(EventFile.begin(run.folder().resolve(FOLDER), run.step()));
  }

  private record Events(EventFile file) implements TrackedRun {
    @Override
    public void step(Step s) {
      file.number("loss/train", s.step(), s.loss());
      file.number("gradient_norm", s.step(), s.gradientNorm());
      file.number("learning_rate", s.step(), s.rate());
      s.validation().ifPresent(loss -> file.number(VALIDATION, s.step(), loss));
      s.measures().forEach((name, value) -> known(name, s.step(), value));
      s.heldOut().forEach((name, value) -> known("validation/" + name, s.step(), value));
    }

    /** Writes a number, unless it is not known in this step. */
    private void known(String name, int step, double value) {
      if (!Double.isNaN(value)) {
        file.number(name, step, value);
      }
    }

    @Override
    public void untrained(double validation) {
      file.number(VALIDATION, 0, validation);
    }

    @Override
    public void preview(int step, Path png) {
      try {
        byte[] bytes = Files.readAllBytes(png);
        ByteBuffer header = ByteBuffer.wrap(bytes);
        file.picture("preview", step, header.getInt(WIDTH), header.getInt(HEIGHT), bytes);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + png + ": " + e.getMessage(), e);
      }
    }

    @Override
    public void end(Optional<String> failure) {
      file.close();
    }
  }
}
