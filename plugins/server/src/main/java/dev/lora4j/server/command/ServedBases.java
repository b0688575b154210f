package dev.lora4j.server.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.model.ComputeType;
import dev.lora4j.cli.model.ContextOption;
import dev.lora4j.cli.model.PrecisionOption;
import dev.lora4j.cli.model.WeightsMemoryOption;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.embedding.EncoderService;
import dev.lora4j.server.library.AdapterCache;
import dev.lora4j.server.library.AdapterLibrary;
import dev.lora4j.server.metrics.ServerMetrics;
import dev.lora4j.server.picture.PictureService;
import dev.lora4j.server.schedule.QueueLimits;
import dev.lora4j.server.text.TextService;
import dev.lora4j.text.generate.CacheLimits;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.SentenceEncoder;
import dev.lora4j.text.pipeline.TextClassifier;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The loaded bases of a server with their services. Who opens it closes it. */
final class ServedBases implements AutoCloseable {
  /**
   * What is served.
   *
   * @param pictures bases for pictures
   * @param weights memory for the weights of each of them
   * @param texts language models, and encoders, which make embeddings
   * @param denoiser file whose denoiser takes the place of that of the one base for pictures
   * @param config folder whose configurations and tokenisers complete the one base for pictures,
   *     which is a file
   * @param adapterBytes of adapters in memory, for each base
   * @param batch pictures that are made at once
   * @param room for texts that are generated at once
   */
  record Wanted(
      List<BaseOption> pictures,
      List<BaseOption> texts,
      Optional<DType> compute,
      PrecisionOption precision,
      WeightsMemoryOption weights,
      ContextOption context,
      Optional<Path> denoiser,
      Optional<Path> config,
      long adapterBytes,
      QueueLimits queue,
      int batch,
      CacheLimits room) {
    TextLoadOptions loading(DType type) {
      return context.of(TextLoadOptions.in(precision.of(type)));
    }
  }

  private final Deque<Runnable> opened = new ArrayDeque<>();
  private final List<PictureService> pictures = new ArrayList<>();
  private final List<TextService> texts = new ArrayList<>();
  private final List<EncoderService> encoders = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  private ServedBases() {}

  /** Loads all of them. */
  static ServedBases open(
      Console console, Lora4j lora, Wanted wanted, AdapterLibrary library, ServerMetrics metrics) {
    ServedBases bases = new ServedBases();
    try {
      for (BaseOption base : wanted.pictures()) {
        bases.picture(console, lora, base, wanted, library, metrics);
      }
      for (BaseOption base : wanted.texts()) {
        if (SentenceEncoder.reads(base.path())) {
          bases.encoder(console, lora, base, wanted, library, metrics);
        } else {
          bases.text(console, lora, base, wanted, library, metrics);
        }
      }
      return bases;
    } catch (RuntimeException | Error e) {
      bases.close();
      throw e;
    }
  }

  private void picture(
      Console console,
      Lora4j lora,
      BaseOption base,
      Wanted wanted,
      AdapterLibrary library,
      ServerMetrics metrics) {
    long began = System.nanoTime();
    DType compute = ComputeType.of(console, lora.engine(), wanted.compute());
    LoadOptions whole =
        completed(
            LoadOptions.in(wanted.precision().of(compute)), wanted.denoiser(), wanted.config());
    OptionalLong memory = wanted.weights().bytes();
    LoadOptions options = memory.isPresent() ? whole.withinMemory(memory.getAsLong()) : whole;
    StableDiffusion sd = StableDiffusion.open(lora, base.path(), options);
    opened.push(sd::close);
    String name = unique(base.name());
    AdapterCache cache = new AdapterCache(library, sd::loadAdapter, wanted.adapterBytes());
    PictureService service =
        new PictureService(
            name,
            sd,
            BaseOutline.of(base.path(), options),
            cache,
            wanted.queue(),
            wanted.batch(),
            metrics);
    opened.push(service::close);
    pictures.add(service);
    tell(console, name, began, compute);
    sd.base().notes().forEach(console::note);
  }

  /** Options with a denoiser of another file and configurations of a folder, if there are any. */
  static LoadOptions completed(LoadOptions plain, Optional<Path> denoiser, Optional<Path> config) {
    LoadOptions own = denoiser.map(plain::withDenoiser).orElse(plain);
    return config.map(own::configuredBy).orElse(own);
  }

  private void text(
      Console console,
      Lora4j lora,
      BaseOption base,
      Wanted wanted,
      AdapterLibrary library,
      ServerMetrics metrics) {
    long began = System.nanoTime();
    // What is generated token by token waits for memory, not for products.
    DType compute = wanted.compute().orElse(DType.F32);
    LanguageModel model = LanguageModel.open(lora, base.path(), wanted.loading(compute));
    opened.push(model::close);
    String name = unique(base.name());
    AdapterCache cache =
        new AdapterCache(
            library, file -> model.loadAdapter(file, ReadOptions.STRICT), wanted.adapterBytes());
    TextService service =
        new TextService(name, model, cache, wanted.queue(), wanted.room(), metrics);
    opened.push(service::close);
    texts.add(service);
    tell(console, name, began, compute);
    model.base().notes().forEach(console::note);
    if (!service.hasTemplate()) {
      console.note(
          name + " has no chat template: the messages of a chat are read one after the other.");
    }
  }

  private void encoder(
      Console console,
      Lora4j lora,
      BaseOption base,
      Wanted wanted,
      AdapterLibrary library,
      ServerMetrics metrics) {
    long began = System.nanoTime();
    DType compute = wanted.compute().orElse(DType.F32);
    SentenceEncoder encoder = SentenceEncoder.open(lora, base.path(), wanted.loading(compute));
    opened.push(encoder::close);
    TextClassifier model = encoder.model();
    String name = unique(base.name());
    AdapterCache cache =
        new AdapterCache(
            library, file -> model.loadAdapter(file, ReadOptions.STRICT), wanted.adapterBytes());
    EncoderService service = new EncoderService(name, encoder, cache, wanted.queue(), metrics);
    opened.push(service::close);
    encoders.add(service);
    tell(console, name, began, compute);
    model.base().notes().forEach(console::note);
  }

  private static void tell(Console console, String name, long began, DType compute) {
    console.note(
        "Loaded " + name + " in " + Durations.since(began) + ", computing in " + compute + ".");
  }

  /** A name; with a number where another base has it. */
  private String unique(String plain) {
    String name = plain;
    for (int i = 2; !names.add(name); i++) {
      name = plain + "-" + i;
    }
    return name;
  }

  /** The services by name, with the adapters of a library. */
  ModelCatalogue catalogue(AdapterLibrary library) {
    return new ModelCatalogue(pictures, texts, encoders, library);
  }

  List<PictureService> pictures() {
    return pictures;
  }

  List<TextService> texts() {
    return texts;
  }

  List<EncoderService> encoders() {
    return encoders;
  }

  /** Closes all, the last opened first, whatever one of them throws. */
  @Override
  public void close() {
    while (!opened.isEmpty()) {
      Runnable next = opened.pop();
      try {
        next.run();
      } catch (RuntimeException | Error e) {
        try {
          close();
        } catch (RuntimeException | Error more) {
          e.addSuppressed(more);
        }
        throw e;
      }
    }
  }
}
