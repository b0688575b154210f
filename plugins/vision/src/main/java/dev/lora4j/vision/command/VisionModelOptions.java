package dev.lora4j.vision.command;

import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.model.ComputeType;
import dev.lora4j.cli.model.DeviceOption;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.vision.VisionClasses;
import dev.lora4j.vision.VisionModel;
import dev.lora4j.vision.data.PicturePreparation;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the ResNet and its computation. */
final class VisionModelOptions {
  private static final int LEAST = 32;
  private static final int MOST = 2048;

  /** The types to compute in. */
  enum Compute {
    f32,
    bf16,
    auto
  }

  @Option(
      names = "--base",
      paramLabel = "PATH",
      required = true,
      description =
          "ResNet: a .safetensors file with torchvision's names, or a folder in the layout of"
              + " transformers, with config.json and safetensors.")
  private Path base = Path.of("");

  @Option(
      names = "--size",
      paramLabel = "N",
      description =
          "Height and width of what the model sees of a picture, in pixels (default: what the"
              + " adapters were trained on, else that of the base, 224 if it does not say).")
  private Optional<Integer> size = Optional.empty();

  @Option(
      names = "--compute",
      paramLabel = "TYPE",
      description =
          "Compute in f32, bf16 or auto (default: ${DEFAULT-VALUE}); auto measures once which of"
              + " them is faster here.",
      defaultValue = "f32")
  private Compute compute = Compute.f32;

  @Mixin private final DeviceOption where = new DeviceOption();

  /** File or folder of the model. */
  Path base() {
    return base;
  }

  /** Refuses what is no ResNet, before it is loaded; returns the classes of its own head. */
  List<String> outline() {
    if (size.isPresent() && (size.get() < LEAST || size.get() > MOST)) {
      throw Failure.usage(
          "--size must be from " + LEAST + " to " + MOST + " pixels, found " + size.get() + ".");
    }
    return VisionModel.outline(ExistingPath.any(base));
  }

  /**
   * Refuses adapters that the model has no layers for, or whose heads are for different classes,
   * before it is loaded.
   *
   * @return the classes of the first adapter with a head, else those of the base
   */
  List<String> classes(List<LoraOption> loras) {
    List<String> own = outline();
    LoraOption.requireForTexts(loras);
    List<String> found = List.of();
    Path having = base;
    for (LoraOption lora : loras) {
      List<String> labels = VisionClasses.of(lora.file(), own);
      if (!labels.isEmpty() && !found.isEmpty() && !labels.equals(found)) {
        throw new Failure(
            having
                + " has a head for "
                + String.join(", ", found)
                + ", and "
                + lora.file()
                + " one for "
                + String.join(", ", labels)
                + ". Adapters are blended where they are for the same classes in the same order.");
      }
      if (found.isEmpty() && !labels.isEmpty()) {
        found = labels;
        having = lora.file();
      }
    }
    if (found.isEmpty() && own.isEmpty()) {
      throw new Failure(
          base
              + " has no head that tells classes apart, and no adapter brings one. Train one: "
              + Invocation.of("vision", "train", "--base", base.toString(), "--data", "FOLDER"));
    }
    requireFits(loras.stream().map(LoraOption::file).toList(), found.size());
    return found.isEmpty() ? own : found;
  }

  /** Refuses adapters that the model has no layers for; of a head of so many classes. */
  void requireFits(List<Path> adapters, int count) {
    if (!adapters.isEmpty()) {
      Family layers = VisionModel.layers(base, count);
      adapters.forEach(file -> AdapterFiles.read(ExistingPath.any(file), layers));
    }
  }

  /**
   * A running engine with the model loaded into it.
   *
   * @param preparation of pictures, of the size that is asked for
   */
  record Open(Lora4j lora, VisionModel model, PicturePreparation preparation)
      implements AutoCloseable {
    @Override
    public void close() {
      model.close();
      lora.close();
    }
  }

  /**
   * Starts the engine and loads the model.
   *
   * @param labels classes of its head
   * @param seed of chance, from which a new head starts
   * @param adapters that are used on it
   */
  Open open(Console console, List<String> labels, long seed, List<Path> adapters) {
    long began = System.nanoTime();
    Optional<Integer> side = side(console, adapters);
    Lora4j lora = where.open(console);
    try {
      Optional<DType> asked =
          switch (compute) {
            case f32 -> Optional.of(DType.F32);
            case bf16 -> Optional.of(DType.BF16);
            case auto -> Optional.empty();
          };
      DType type = ComputeType.of(console, lora.engine(), asked);
      VisionModel model =
          VisionModel.open(
              lora.engine().scope("vision model"), base, BasePrecision.in(type), labels, seed);
      console.note(
          "Loaded %s in %s (%s, %s, computing in %s)."
              .formatted(
                  base.toAbsolutePath().normalize().getFileName(),
                  Durations.since(began),
                  lora.engine().version(),
                  DeviceOption.place(lora.engine()),
                  type));
      PicturePreparation usual = model.preparation();
      return new Open(lora, model, side.map(usual::sized).orElse(usual));
    } catch (RuntimeException | Error e) {
      lora.close();
      throw e;
    }
  }

  /** The size that is asked for, else the one that the adapters were trained on. */
  private Optional<Integer> side(Console console, List<Path> adapters) {
    Map<Integer, Path> known = new TreeMap<>();
    for (Path adapter : adapters) {
      VisionClasses.size(adapter).ifPresent(own -> known.put(own, adapter));
    }
    if (size.isPresent()) {
      known.forEach(
          (own, adapter) -> {
            if (own.intValue() != size.get()) {
              console.note(
                  ("%s was trained on %d pixels, and sees %d by --size; how well it works so is not"
                          + " known.")
                      .formatted(adapter, own, size.get()));
            }
          });
      return size;
    }
    if (known.size() > 1) {
      throw new Failure(
          "The adapters were trained on pictures of "
              + String.join(" and ", known.keySet().stream().map(String::valueOf).toList())
              + " pixels; say which of them the model is to see by --size.");
    }
    return known.keySet().stream().findFirst();
  }
}
