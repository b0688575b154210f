package dev.lora4j.cli.generate;

import dev.lora4j.cli.adapter.BlockWeightOptions;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.PictureFile;
import dev.lora4j.cli.model.ModelOptions;
import dev.lora4j.cli.model.OpenModel;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.dylora.RankCut;
import dev.lora4j.core.format.metadata.DyloraRule;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.RegionMask;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.SiteWeights;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.diffusion.clip.Embedding;
import dev.lora4j.diffusion.record.AdapterRecord;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.record.PictureRecord;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.spi.Extensions;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reproduction of a picture from the record in its file. */
final class PictureReproduction {
  private final Path file;
  private final PictureRecord record;
  private final BufferedImage then;

  private PictureReproduction(Path file, PictureRecord record, BufferedImage then) {
    this.file = file;
    this.record = record;
    this.then = then;
  }

  /** Reads the file: its record, and the picture while it is that of then. */
  static PictureReproduction of(Path file) {
    ExistingPath.file(file);
    try {
      return new PictureReproduction(file, PictureRecord.read(file), PictureFile.read(file));
    } catch (IllegalArgumentException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
  }

  /** Default path of the new picture: not that of the recorded one. */
  static Path output(Path file) {
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.[^.]*$", "");
    return Path.of(name + "-again.png");
  }

  /** Records of all pictures of the batch, its own among them, in order. */
  List<PictureRecord> batch() {
    return record.batch().isEmpty() ? List.of(record) : record.batch();
  }

  /** Index of the picture in the {@link #batch}. */
  int row() {
    return record.batch().isEmpty() ? 0 : record.info().row();
  }

  /**
   * Takes the precision and the denoiser of then, if the user did not choose them.
   *
   * @param places folders in which the denoiser's file is looked for
   */
  void apply(ModelOptions options, List<Path> places) {
    String denoiser = record.info().denoiser();
    if (!denoiser.isEmpty() && options.denoiser.isEmpty()) {
      options.denoiser = Optional.of(found(denoiser, options, places));
    }
    String[] precision = record.info().compute().split(" ", 2);
    if (precision.length > 1 && options.precision.name.isEmpty()) {
      options.precision.name = Optional.of(precision[1]);
    }
    if (options.compute == ModelOptions.Compute.auto) {
      for (ModelOptions.Compute type : ModelOptions.Compute.values()) {
        if (type.name().equalsIgnoreCase(precision[0])) {
          options.compute = type;
        }
      }
    }
  }

  /** The file of the denoiser of then; beside the base, or in one of the places. */
  private Path found(String denoiser, ModelOptions options, List<Path> places) {
    List<Path> folders = new ArrayList<>(places);
    options.base.map(b -> b.toAbsolutePath().getParent()).ifPresent(folders::add);
    // A record is a text of somebody; only a plain name is looked for.
    boolean plain = !denoiser.matches("(?s).*[/\\\\\0:].*");
    return folders.stream()
        .map(folder -> folder.resolve(denoiser))
        .filter(path -> plain && Files.isRegularFile(path))
        .findFirst()
        .orElseThrow(
            () ->
                new Failure(
                    file
                        + " was made with the denoiser of "
                        + Printable.of(denoiser, 200)
                        + ", which was not found. Name its file by --denoiser."));
  }

  /**
   * The adapters of one of the {@link #batch}: among those that the user named, then by name in
   * folders.
   *
   * @param named read already
   */
  MixPlan mix(
      Console console,
      OpenModel model,
      PictureRecord one,
      List<Adapter> named,
      List<LoraFolder> folders,
      MixOption options) {
    MixPlan plan = MixPlan.NONE.order(one.order()).route(route());
    for (AdapterRecord part : one.adapters()) {
      Adapter adapter = adapter(console, model, part, named, folders, options);
      SiteWeights shares = BlockWeightOptions.shares(part.blocks(), model.sd().sites());
      Optional<RegionMask> area = part.region().map(r -> region(part, r, options));
      plan = plan.with(new MixPlan.Part(adapter, part.weight(), part.text(), shares, area));
    }
    return plan;
  }

  /**
   * The mixer of one of the {@link #batch}.
   *
   * @throws dev.lora4j.spi.ExtensionException if it is not installed, or takes other settings
   */
  static Optional<Mixer> mixer(PictureRecord one) {
    return one.mixer().map(request -> Extensions.installed().make(Mixer.class, request));
  }

  private RegionMask region(AdapterRecord part, AdapterRecord.Region then, MixOption options) {
    RegionMask now =
        options
            .region(part.name())
            .orElseThrow(
                () ->
                    new Failure(
                        file
                            + " has "
                            + Printable.of(part.name(), 80)
                            + " within the region "
                            + Printable.of(then.name(), 200)
                            + "; give it by --region."));
    if (!now.hash().equals(then.hash())) {
      throw new Failure(
          now.name() + " is not the region that " + file + " was made with; it has other places.");
    }
    return now;
  }

  /** The way that the adapters took part. */
  private Route route() {
    return Route.of(record.info().route()).orElse(Route.AUTO);
  }

  private Adapter adapter(
      Console console,
      OpenModel model,
      AdapterRecord part,
      List<Adapter> named,
      List<LoraFolder> folders,
      MixOption options) {
    Optional<Adapter> given = named.stream().flatMap(a -> ofThen(a, part).stream()).findFirst();
    if (given.isPresent()) {
      return given.get();
    }
    List<String> others = new ArrayList<>();
    for (LoraFolder folder : folders) {
      Optional<Path> found = folder.find(part.name());
      if (found.isPresent()) {
        Adapter adapter = options.read(console, model, found.get());
        Optional<Adapter> then = ofThen(adapter, part);
        if (then.isPresent()) {
          return then.get();
        }
        others.add(found.get() + " is another adapter, " + shorter(adapter.identity()));
      }
    }
    throw new Failure(
        file
            + " was made with the adapter "
            + Printable.of(part.name(), 80)
            + ", identity "
            + shorter(part.identity())
            + ", which was not found"
            + (others.isEmpty() ? "" : " (" + String.join("; ", others) + ")")
            + ". Name its file by --lora, or its folder by --lora-dir.");
  }

  /** The adapter that took part, if it is this one or the first directions of it. */
  private static Optional<Adapter> ofThen(Adapter found, AdapterRecord part) {
    return Stream.concat(Stream.of(found), cut(found, part.rank()).stream())
        .filter(adapter -> adapter.identity().equals(part.identity()))
        .findFirst();
  }

  /** The first directions of an adapter that DyLoRA trained, if it is one that has as many. */
  private static Optional<Adapter> cut(Adapter found, Optional<Long> rank) {
    return rank.filter(r -> r <= RankCut.rank(found))
        .flatMap(
            r -> DyloraRule.of(new Metadata(found.metadata())).map(rule -> rule.cut(found, r)));
  }

  /** True if what took part is an adapter that the user named, or the first directions of it. */
  private static boolean partOf(Adapter then, Adapter given) {
    return Stream.concat(
            Stream.of(given), cut(given, DyloraRule.cut(new Metadata(then.metadata()))).stream())
        .anyMatch(adapter -> adapter.identity().equals(then.identity()));
  }

  /**
   * The textual inversions of one of the {@link #batch}: among those that the user named, then by
   * name in folders.
   */
  List<Embedding> embeddings(
      OpenModel model, PictureRecord one, EmbeddingOption options, List<Path> folders) {
    return options.ofThen(model, file, one.embeddings(), folders);
  }

  /** Refuses adapters in the options that the picture was not made with. */
  void requireUsed(List<Prompt> again, MixPlan named, MixOption options) {
    List<MixPlan.Part> parts = again.stream().flatMap(p -> p.mix().parts().stream()).toList();
    for (int i = 0; i < named.parts().size(); i++) {
      Adapter given = named.parts().get(i).adapter();
      List<MixPlan.Part> own = parts.stream().filter(p -> partOf(p.adapter(), given)).toList();
      if (own.isEmpty()) {
        throw new Failure(
            "The adapter "
                + options.loras.get(i).file()
                + " took no part in "
                + file
                + ", which is made as it was; leave its --lora out.");
      }
      Optional<Weight> said = options.loras.get(i).said();
      if (said.isPresent() && own.stream().noneMatch(p -> p.weight().equals(said.get()))) {
        throw new Failure(
            options.loras.get(i).file()
                + " has the weight "
                + own.get(0).weight().text()
                + " in "
                + file
                + ", which is made as it was; leave the weight "
                + said.get().text()
                + " out.");
      }
    }
    for (String name : options.regional()) {
      if (parts.stream().noneMatch(p -> p.adapter().name().equals(name) && p.area().isPresent())) {
        throw new Failure(
            file + " has no region of " + Printable.of(name, 80) + "; leave its --region out.");
      }
    }
  }

  private static String shorter(String identity) {
    return identity.substring(0, Math.min(12, identity.length()));
  }

  /** Strength of image-to-image in the record. */
  Optional<Double> strength() {
    return record.start().map(PictureRecord.Start::strength);
  }

  /** Checks that the picture to begin with is that of then. */
  void requireStart(Prompt begun) {
    Optional<PictureRecord.Start> then = record.start();
    if (then.isPresent() && begun.start().isEmpty()) {
      throw new Failure(
          file
              + " began with the picture "
              + Printable.of(then.get().name(), 200)
              + "; give it by --image, and its mask by --mask.");
    }
  }

  private static List<String> hashes(PictureRecord of) {
    return of.references().stream().map(PictureRecord.Reference::hash).toList();
  }

  /** Checks that there are as many reference pictures as then. */
  void requireReferences(Prompt again) {
    List<PictureRecord.Reference> then = record.references();
    if (then.size() != again.references().size()) {
      throw new Failure(
          file
              + (then.isEmpty()
                  ? " was made without reference pictures; leave --reference out."
                  : " was made beside "
                      + then.stream()
                          .map(r -> Printable.of(r.name(), 200))
                          .collect(Collectors.joining(", "))
                      + "; give that by --reference, in this order."));
    }
  }

  /** Differences of the new picture from the recorded one, for people. */
  List<String> compared(GeneratedImage now) {
    List<String> lines = new ArrayList<>();
    Optional<PictureRecord.Start> start = now.record().start();
    if (!start.map(PictureRecord.Start::hash).equals(record.start().map(s -> s.hash()))) {
      lines.add("the picture to begin with, or its mask, is another");
    }
    if (!now.record().start().map(PictureRecord.Start::strength).equals(strength())) {
      lines.add("the strength is another");
    }
    if (!hashes(now.record()).equals(hashes(record))) {
      lines.add("a reference picture is another");
    }
    lines.addAll(record.info().differences(now.info()));
    if (then.getWidth() != now.image().getWidth() || then.getHeight() != now.image().getHeight()) {
      lines.add(0, "Another picture than " + file + ": it has another size.");
      return lines;
    }
    int different = 0;
    int most = 0;
    for (int i = 0; i < then.getWidth() * then.getHeight(); i++) {
      int x = i % then.getWidth();
      int y = i / then.getWidth();
      int distance = distance(then.getRGB(x, y), now.image().getRGB(x, y));
      different += distance > 0 ? 1 : 0;
      most = Math.max(most, distance);
    }
    lines.add(
        0,
        different == 0
            ? "The same picture as " + file + ", bit for bit."
            : String.format(
                Locale.ROOT,
                "Not quite %s: %d of %d pixels differ, by at most %d of 255.",
                file,
                different,
                then.getWidth() * then.getHeight(),
                most));
    return lines;
  }

  private static int distance(int a, int b) {
    int most = 0;
    for (int shift = 0; shift < 24; shift += 8) {
      most = Math.max(most, Math.abs((a >> shift & 0xff) - (b >> shift & 0xff)));
    }
    return most;
  }
}
