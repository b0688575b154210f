package dev.lora4j.cli;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.dataset.PictureFolder;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.diffusion.style.TrainedStyle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains a style adapter. */
@picocli.CommandLine.Command(
    name = "train",
    sortOptions = false,
    description = "Train a style adapter from a folder of pictures.")
public final class TrainCommand implements Command {
  /** The types that factors can be stored in. */
  enum Stored {
    f16,
    bf16,
    f32
  }

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--images",
      required = true,
      paramLabel = "DIR",
      description = "Pictures, each with its caption in a .txt file of the same name.")
  private Path images = Path.of("");

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE.safetensors",
      description = "The adapter to write; a picture of the loss is put beside it.")
  private Path output = Path.of("");

  @Option(names = "--rank", paramLabel = "N", description = "Size of the factors (default: 16).")
  private int rank = StyleSettings.DEFAULT.rank();

  @Option(
      names = "--alpha",
      paramLabel = "X",
      description = "Divided by the rank it scales the adapter (default: the rank).")
  private Optional<Double> alpha = Optional.empty();

  @Option(names = "--steps", paramLabel = "N", description = "Training steps (default: 300).")
  private int steps = StyleSettings.DEFAULT.steps();

  @Option(names = "--batch", paramLabel = "N", description = "Pictures per step (default: 8).")
  private int batch = StyleSettings.DEFAULT.batch();

  @Option(
      names = "--lr",
      paramLabel = "X",
      description = "Learning rate at its highest (default: 0.001).")
  private double rate = StyleSettings.DEFAULT.learningRate();

  @Option(
      names = "--dropout",
      paramLabel = "X",
      description = "Share of captions left out, so that guidance keeps working (default: 0.1).")
  private double dropout = StyleSettings.DEFAULT.dropout();

  @Option(names = "--seed", paramLabel = "N", description = "Of everything random (default: 0).")
  private long seed = StyleSettings.DEFAULT.seed();

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      description = "Type of the stored factors: ${COMPLETION-CANDIDATES} (default: f16).")
  private Stored dtype = Stored.f16;

  @Mixin private final ModelOptions options = new ModelOptions();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    StyleSettings settings = settings();
    ExistingPath.folder(images);
    OutputFile.require(output, ".safetensors");
    long began = System.nanoTime();
    try (OpenModel model = OpenModel.of(console, options)) {
      int side = model.sd().base().sampleSize() * model.sd().base().vae().scale();
      List<Picture> pictures = PictureFolder.read(images, side, side);
      console.note(new Captions(pictures).summary());
      StyleTrainer trainer =
          StyleTrainer.on(model.sd()).images(pictures).settings(settings).name(name());
      TrainedStyle style = StyleTraining.run(console, trainer, steps, batch);
      style.save(output);
      Path chart = OutputFile.beside(output, "-loss.png");
      LossChart.write(chart, "Training loss of " + name(), style.losses());
      report(console, style, chart, (System.nanoTime() - began) / 1e9);
    }
    return 0;
  }

  private StyleSettings settings() {
    try {
      DType stored = DType.valueOf(dtype.name().toUpperCase(Locale.ROOT));
      return new StyleSettings(
          rank, alpha.orElse((double) rank), steps, batch, rate, dropout, seed, stored);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private String name() {
    return String.valueOf(output.getFileName()).replaceFirst("\\.[^.]*$", "");
  }

  private void report(Console console, TrainedStyle style, Path chart, double seconds) {
    Adapter adapter = style.adapter();
    double[] smooth = LossChart.smooth(style.losses().stream().mapToDouble(f -> f).toArray());
    double last = smooth[smooth.length - 1];
    if (json) {
      console.print(
          new Json()
              .put("adapter", output.toString())
              .put("identity", adapter.identity())
              .put("layers", adapter.sites().size())
              .put("rank", rank)
              .put("steps", steps)
              .put("firstLoss", smooth[0])
              .put("lastLoss", last)
              .put("chart", chart.toString())
              .put("seconds", seconds)
              .toString());
      return;
    }
    console.print(
        output
            + "  "
            + adapter.sites().size()
            + " layers of rank "
            + rank
            + ", identity "
            + adapter.identity());
    console.print(
        chart + "  " + String.format(Locale.ROOT, "loss from %.4f to %.4f", smooth[0], last));
    console.note("Done in " + Durations.text(seconds) + ". To see it:");
    List<String> words =
        new ArrayList<>(List.of("generate", "YOUR PROMPT", "--lora", output.toString()));
    options.base.ifPresent(b -> words.addAll(List.of("--base", b.toString())));
    console.note("  " + Invocation.of(words.toArray(String[]::new)));
  }
}
