package dev.lora4j.whisper.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.model.ComputeType;
import dev.lora4j.cli.model.DeviceOption;
import dev.lora4j.cli.model.PrecisionOption;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.text.model.TextModelOutline;
import dev.lora4j.whisper.SpeechModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the Whisper and its computation. */
final class SpeechModelOptions {
  /** The types to compute in. */
  enum Compute {
    f32,
    bf16,
    auto
  }

  @Option(
      names = "--base",
      paramLabel = "DIR",
      required = true,
      description =
          "Whisper: a folder in the layout of transformers, with config.json, safetensors and a"
              + " tokenizer.")
  private Path base = Path.of("");

  @Option(
      names = "--compute",
      paramLabel = "TYPE",
      description =
          "Compute in f32, bf16 or auto (default: ${DEFAULT-VALUE}); auto measures once which of them"
              + " is faster here.",
      defaultValue = "f32")
  private Compute compute = Compute.f32;

  @Mixin final PrecisionOption precision = new PrecisionOption();

  @Mixin private final DeviceOption where = new DeviceOption();

  /** Folder of the model. */
  Path base() {
    return base;
  }

  /**
   * Refuses what is no Whisper and adapters that it has no layers for, before it is loaded.
   *
   * @param adapters files or folders
   */
  void require(List<Path> adapters) {
    SpeechModel.outline(ExistingPath.folder(base));
    if (!adapters.isEmpty()) {
      Family layers = TextModelOutline.layers(base, String.valueOf(base.getFileName()), 0);
      adapters.forEach(file -> AdapterFiles.read(ExistingPath.any(file), layers));
    }
  }

  /** A running engine with the model loaded into it. */
  record Open(Lora4j lora, SpeechModel model) implements AutoCloseable {
    @Override
    public void close() {
      model.close();
      lora.close();
    }
  }

  /** Starts the engine and loads the model. */
  Open open(Console console) {
    long began = System.nanoTime();
    Lora4j lora = where.open(console);
    try {
      Optional<DType> asked =
          switch (compute) {
            case f32 -> Optional.of(DType.F32);
            case bf16 -> Optional.of(DType.BF16);
            case auto -> Optional.empty();
          };
      DType type = ComputeType.of(console, lora.engine(), asked);
      SpeechModel model =
          SpeechModel.open(lora.engine().scope("speech model"), base, precision.of(type));
      console.note(
          "Loaded %s in %s (%s, %s, computing in %s)."
              .formatted(
                  base.toAbsolutePath().normalize().getFileName(),
                  Durations.since(began),
                  lora.engine().version(),
                  DeviceOption.place(lora.engine()),
                  type));
      model.base().notes().forEach(console::note);
      return new Open(lora, model);
    } catch (RuntimeException | Error e) {
      lora.close();
      throw e;
    }
  }
}
